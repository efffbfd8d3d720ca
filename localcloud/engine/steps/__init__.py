"""One run: resource goals, registrations, and the steps that carry them out."""
