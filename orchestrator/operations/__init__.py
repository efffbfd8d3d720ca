"""Looking after deployed functions: their logs and their dead letters."""
