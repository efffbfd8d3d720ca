"""From `./invoke` to a task of tasks.py: `install` makes .venv, `program` reads what was typed."""
