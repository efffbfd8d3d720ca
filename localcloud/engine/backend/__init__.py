"""Pulumi's file backend: stacks, locks, history, on the files of the CLI.

Comes in: `engine` and `session` through `open_stack`. Touches: the backend's folder, and nothing
else on the disk; knows nothing of runs and programs.
"""
