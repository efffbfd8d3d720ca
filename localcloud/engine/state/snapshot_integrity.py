"""Pulumi's rules for the list of resources: whoever is referred to exists and stands before.

From pkg/resource/stack/snapshot/integrity.go and the snapshot's rebuildDependencies and
NormalizeURNReferences: the CLI refuses a state that breaks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from localcloud.engine.values import urns

Document = dict[str, Any]

# The fields of a resource that refer to one other, and to several. Two more are of their own kind:
# "provider", which is a URN with an id, and "propertyDependencies", which is lists by property.
_SINGLE: Final = ("parent", "deletedWith")
_LISTS: Final = ("dependencies", "replaceWith")


def repaired(resources: list[Document]) -> list[Document]:
    """Return the resources under their present URNs, in a valid order, without dead references.

    A list that is valid already comes back in its order.
    """
    return _without_dead_references(_ordered(_renamed(resources)))


# --- references --------------------------------------------------------------------------------


def _references(state: Document) -> Iterator[str]:
    if state.get("provider"):
        yield state["provider"].rpartition("::")[0]
    for key in _SINGLE:
        if state.get(key):
            yield state[key]
    for key in _LISTS:
        yield from state.get(key) or ()
    for dependencies in (state.get("propertyDependencies") or {}).values():
        yield from dependencies


def _with_references(state: Document, present: Callable[[str], str | None]) -> Document:
    """Return a resource whose references are what `present` makes of each; None drops it."""
    fixed = dict(state)
    for key in _SINGLE:
        if state.get(key):
            urn = present(state[key])
            fixed.pop(key) if urn is None else fixed.update({key: urn})
    for key in _LISTS:
        if state.get(key):
            fixed[key] = _mapped(state[key], present)
    if state.get("propertyDependencies"):
        fixed["propertyDependencies"] = {
            name: _mapped(listed, present) for name, listed in state["propertyDependencies"].items()
        }
    return fixed


def _mapped(listed: list[str], present: Callable[[str], str | None]) -> list[str]:
    return [urn for urn in map(present, listed) if urn is not None]


def _without_dead_references(resources: list[Document]) -> list[Document]:
    known: set[str] = set()
    living: list[Document] = []
    for state in resources:
        dead = {urn for urn in _references(state) if urn not in known}
        living.append(_without(state, dead) if dead else state)
        known.add(state["urn"])
    return living


def _without(state: Document, dead: set[str]) -> Document:
    return _with_references(state, lambda urn: None if urn in dead else urn)


# --- names -------------------------------------------------------------------------------------


def _renamed(resources: list[Document]) -> list[Document]:
    """Follow aliases: whoever refers to an old URN refers to the new one from now on."""
    names = {alias: state["urn"] for state in resources for alias in state.get("aliases") or ()}
    if not names:
        return resources
    for state in resources:
        _rename_with_parent(state, names)
    return [_with_new_names(state, names) for state in resources]


def _rename_with_parent(state: Document, names: dict[str, str]) -> None:
    """Note a child's new URN, which holds its parent's type, if that has changed."""
    parent = names.get(state.get("parent", ""))
    if not parent or state["urn"] in names:
        return
    urn = state["urn"]
    names[urn] = urns.make(
        urns.stack_of(urn), urns.project_of(urn), parent, urns.type_of(urn), urns.name_of(urn)
    )


def _with_new_names(state: Document, names: dict[str, str]) -> Document:
    fixed = _with_references(state, lambda urn: names.get(urn, urn))
    fixed.pop("aliases", None)
    fixed["urn"] = names.get(state["urn"], state["urn"])
    if state.get("provider"):
        urn, _, identity = state["provider"].rpartition("::")
        fixed["provider"] = f"{names.get(urn, urn)}::{identity}"
    return fixed


# --- order -------------------------------------------------------------------------------------


def _ordered(resources: list[Document]) -> list[Document]:
    """Sort stably, so that each resource stands behind all it refers to."""
    first = {state["urn"]: state for state in reversed(resources)}
    order: list[Document] = []
    known: set[str] = set()
    placed: set[int] = set()
    for state in resources:
        stack = [state]
        while stack:
            missing = _missing(stack, first, known)
            if missing is not None:
                stack.append(missing)
                continue
            done = stack.pop()
            known.add(done["urn"])
            if id(done) not in placed:
                placed.add(id(done))
                order.append(done)
    return order


def _missing(stack: list[Document], first: dict[str, Document], known: set[str]) -> Document | None:
    """Return something that the top of the stack refers to and that is not placed yet.

    What is on the stack already would be a circle: it stays as it is.
    """
    for urn in _references(stack[-1]):
        if urn not in known and urn in first and not any(s is first[urn] for s in stack):
            return first[urn]
    return None
