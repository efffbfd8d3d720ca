"""Seam 1: one small interface over the embedded engine and the Pulumi CLI."""
