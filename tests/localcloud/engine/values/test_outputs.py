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
    covered = plain(value, show_secrets=False)
    json.dumps(covered)
    assert covered["s"] == "[secret]"
    assert (covered["u"], covered["r"], covered["c"]) == (None, "id", "urn")
    assert covered["f"] == {"kind": "path", "value": "x", "hash": "h"}
    assert covered["l"] == [1, "two", None, True]
    assert plain(value, show_secrets=True)["s"] == {"a": [1]}
