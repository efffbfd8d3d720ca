"""Which stacks, in which order, by which deployer, and what came of it: README.md has the map.

Comes in: tasks.py, one verb for each task.
"""
