"""From `./invoke` to a task: makes .venv (`install`), reads the command line (`program`), and runs `tasks.py`."""
