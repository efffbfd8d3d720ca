"""A small Pulumi engine in pure Python, on the same files as the Pulumi CLI."""
