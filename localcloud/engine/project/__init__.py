"""Pulumi.yaml and the stack files: what a project declares and what a stack sets.

Comes in: `backend.open_stack`, and the orchestrator for `Project` and `StackFile`. Touches: those
files only.
"""
