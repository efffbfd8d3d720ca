"""One run: resource goals, registrations, and the steps that carry them out.

Comes in: `planning`, which decides. Touches: the journal and the providers, in that order, and the
run's events.
"""
