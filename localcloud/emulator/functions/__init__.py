"""Invocations of functions: queued, and never lost."""
