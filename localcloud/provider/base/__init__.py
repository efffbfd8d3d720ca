"""What all resource types share: their shape, operations, comparison, tags, names, AWS calls."""
