"""What is to be done with each resource: create, update, replace, delete, read, recover."""
