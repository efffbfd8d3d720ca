from __future__ import annotations

import json

from localcloud.engine.values.outputs import plain
from localcloud.engine.values.values import UNKNOWN, Archive, Asset, ResourceReference, Secret


def test_outputs_are_json() -> None:
    value = {
        "s": Secret({"a": [Secret(1)]}),
        "u": UNKNOWN,
        "f": Asset("path", "x", "h"),
        "z": Archive("assets", {"a": Asset("text", "t", "h")}, "h"),
        "r": ResourceReference("urn", "id"),
        "c": ResourceReference("urn"),
        "l": (1, "two", None, True),
    }
    redacted = plain(value, show_secrets=False)
    json.dumps(redacted)
    assert redacted["s"] == "[secret]"
    assert (redacted["u"], redacted["r"], redacted["c"]) == (None, "id", "urn")
    assert redacted["f"] == {"kind": "path", "value": "x", "hash": "h"}
    assert redacted["l"] == [1, "two", None, True]
    assert plain(value, show_secrets=True)["s"] == {"a": [1]}
