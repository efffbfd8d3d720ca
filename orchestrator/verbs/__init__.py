"""The tasks of `./invoke`, one function each: what a person types ends here. Comes in: tasks.py."""
