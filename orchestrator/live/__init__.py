"""What is deployed, whatever the source of this checkout declares."""
