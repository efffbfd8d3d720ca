"""Values, names and paths of properties, and how they travel."""
