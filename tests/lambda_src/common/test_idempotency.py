"""Who repeats which request."""

from __future__ import annotations

from common.idempotency import token_id
from common.request import Request


def test_a_key_stands_for_caller_route_and_key_together() -> None:
    ids = {
        token_id(
            Request(caller=caller, route=route, headers={"idempotency-key": key} if key else {})
        )
        for caller in ("ada", "bob")
        for route in ("POST /records", "POST /process")
        for key in ("k1", "k2", None)
    }
    assert len(ids) == 9
    assert None in ids
    assert not any("k1" in (each or "") for each in ids)
