"""Pulumi's file backend: stacks, locks, history, on the files of the CLI."""
