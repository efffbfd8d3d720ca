"""Providers as the engine uses them: loaded, configured, called in this process.

Comes in: `planning` and `steps`. Touches: `pulumirpc.ResourceProvider` servicers, which others
bring along; knows no cloud.
"""
