"""Pulumi.yaml and the stack files."""
