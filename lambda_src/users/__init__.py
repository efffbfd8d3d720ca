"""/users and /users/{id}: create, read, replace and delete users."""
