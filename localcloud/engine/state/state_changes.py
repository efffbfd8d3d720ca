"""Whether the state file must change for a resource that itself did not."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from localcloud.engine.state.model import ResourceState

# What a resource that did not change may still differ in without any need to write it down.
_UNIMPORTANT = frozenset(
    {"created", "modified", "source_position", "stack_trace", "init_errors", "handle", "extra"}
)
_UNORDERED = frozenset({"dependencies", "property_dependencies"})
_COMPARED = tuple(f.name for f in fields(ResourceState) if f.name not in _UNIMPORTANT)


def _comparable(name: str, value: Any) -> Any:
    if name == "dependencies":
        return sorted(value)
    if name == "property_dependencies":
        return {key: sorted(urns_) for key, urns_ in value.items() if urns_}
    return value


def differs(old: ResourceState, new: ResourceState) -> bool:
    """Return whether the state file must change for a resource that itself did not."""
    return any(
        _comparable(name, getattr(old, name)) != _comparable(name, getattr(new, name))
        if name in _UNORDERED
        else getattr(old, name) != getattr(new, name)
        for name in _COMPARED
    )
