"""How a task is declared: its options, made into a Target, and its failures, made into a sentence.

Comes in: tasks.py. May touch: nothing but Invoke, and `checkout` once a task runs.
"""
