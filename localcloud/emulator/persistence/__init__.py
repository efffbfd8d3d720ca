"""Nothing acknowledged is lost: what requests change is on disk before they are answered."""
