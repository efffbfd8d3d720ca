"""The settings of stack files: what is allowed, what is set, and how it is changed.

Comes in: runs (to check), verbs (to list and to set). May touch: stack files.
"""
