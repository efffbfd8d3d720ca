"""From what was typed after `./invoke` to a task of tasks.py, or to why there is none."""
