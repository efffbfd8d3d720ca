"""Providers as the engine uses them: loaded, configured, called in this process."""
