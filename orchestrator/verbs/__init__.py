"""What each task of `./invoke` does, one function each.

Comes in: tasks.py, with a `Target` and options. May touch: every room of the orchestrator. A verb
is short: what it refuses, runs and shows is made below.
"""
