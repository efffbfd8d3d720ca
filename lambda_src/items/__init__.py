"""/items and /items/{id}: create, read, replace and delete items."""
