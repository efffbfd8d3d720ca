"""What is deployed, whatever the source of this checkout declares.

Comes in: verbs, runs, preflight. May touch: states and outputs, only to read.
"""
