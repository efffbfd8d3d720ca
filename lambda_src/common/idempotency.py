"""The identity of a request that its client may repeat."""

from __future__ import annotations

import hashlib

from common.request import Request


def token_id(request: Request) -> str | None:
    """A hash over caller, route and Idempotency-Key; None without a key. The key is not kept."""
    key = request.idempotency_key()
    if key is None:
        return None
    words = "\n".join((request.caller, request.route, key))
    return hashlib.sha256(words.encode()).hexdigest()
