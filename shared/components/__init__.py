"""Nouns with wiring or a secure default that more than one place of a layer uses."""
