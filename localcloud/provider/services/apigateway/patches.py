"""Patch operations, in which API Gateway's REST control plane takes every change.

All values travel as text, and a path is a JSON pointer (RFC 6901): `/` in a name becomes `~1`.
MiniStack stores such text as it comes, whatever was there before, and does not decode names. Where
that would do harm (maps keyed by media types, lists) the types here put the whole thing anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Operation = dict[str, str]


def pointer(*names: str) -> str:
    """Return the path of a member below the top."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def text(value: Any) -> str:
    """Return a value as a patch carries it; nothing is the empty string, which clears."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def replace(path: str, value: Any) -> Operation:
    """Set the member at a path."""
    return {"op": "replace", "path": path, "value": text(value)}


def remove(path: str, value: str | None = None) -> Operation:
    """Remove the member at a path, or one value from a list there."""
    return {"op": "remove", "path": path, **({} if value is None else {"value": value})}


def members(path: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[Any]:
    """Return what turns one flat map below a path into another."""
    old, new = old or {}, new or {}
    gone = [remove(path + pointer(name)) for name in sorted(old.keys() - new.keys())]
    return gone + [
        replace(path + pointer(name), value)
        for name, value in sorted(new.items())
        if old.get(name) != value
    ]


def fields(
    paths: Mapping[str, str], new: Mapping[str, Any], changed: Iterable[str]
) -> list[Operation]:
    """Return one replacement for each changed input that has a path."""
    return [replace(paths[name], new.get(name)) for name in sorted(changed) if name in paths]


def flag(value: Any) -> bool:
    """Read a boolean that may have become text in a patch."""
    return value is True or value == "true"


def number(value: Any) -> Any:
    """Read a number that may have become text in a patch; whole ones are ints, words stay."""
    try:
        exact = float(value)
    except (TypeError, ValueError):
        return value
    if isinstance(value, bool):
        return value
    return int(exact) if exact.is_integer() else exact
