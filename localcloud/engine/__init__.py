"""A small Pulumi engine in pure Python, on the same files as the Pulumi CLI.

It runs the environment `local` and tests, and nothing that matters: see docs/adr for what it does
and refuses. Its face is `api`; `program` can be had before all of it is loaded. README.md is the
map.
"""

from localcloud.engine.values import (
    protocol as _protocol,  # before all else: makes Pulumi's messages cheap to import
)

_protocol.install()
