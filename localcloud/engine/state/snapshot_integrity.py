"""Pulumi's rules for the list of resources: whoever is referred to exists and stands before.

From pkg/resource/stack/snapshot/integrity.go and the snapshot's rebuildDependencies and
NormalizeURNReferences: the CLI refuses a state that breaks them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localcloud.engine.state.model import STACK_TYPE

Document = dict[str, Any]


def repaired(resources: list[Document]) -> list[Document]:
    """Return the resources under their present URNs, in a valid order, without dead references.

    A list that is valid already comes back in its order.
    """
    return _without_dead_references(_ordered(_renamed(resources)))


def provider_urn(reference: str) -> str:
    """Return the URN in a provider reference `<urn>::<id>`."""
    return reference.rpartition("::")[0]


def _references(state: Document) -> Iterator[str]:
    if state.get("provider"):
        yield provider_urn(state["provider"])
    for key in ("parent", "deletedWith"):
        if state.get(key):
            yield state[key]
    yield from state.get("dependencies") or ()
    yield from state.get("replaceWith") or ()
    for urns in (state.get("propertyDependencies") or {}).values():
        yield from urns


# --- names -------------------------------------------------------------------------------------


def _renamed(resources: list[Document]) -> list[Document]:
    """Follow aliases: whoever refers to an old URN refers to the new one from now on."""
    names = {alias: state["urn"] for state in resources for alias in state.get("aliases") or ()}
    if not names:
        return resources
    moved = [_moved_with_parent(state, names) for state in resources]
    return [_with_new_names(state, names) for state in moved]


def _moved_with_parent(state: Document, names: dict[str, str]) -> Document:
    """A child's URN holds its parent's type; when that changes the child is renamed too."""
    parent = names.get(state.get("parent", ""))
    if not parent or state["urn"] in names:
        return state
    scheme, project, kind, name = state["urn"].split("::", 3)
    parent_type = parent.split("::", 3)[2]
    own_type = kind.rpartition("$")[2]
    nested = own_type if parent_type == STACK_TYPE else f"{parent_type}${own_type}"
    urn = "::".join((scheme, project, nested, name))
    if urn == state["urn"]:
        return state
    names[state["urn"]] = urn
    return state | {"urn": urn}


def _with_new_names(state: Document, names: dict[str, str]) -> Document:
    fixed = {key: value for key, value in state.items() if key != "aliases"}
    if fixed.get("provider"):
        urn, _, identity = fixed["provider"].rpartition("::")
        fixed["provider"] = f"{names.get(urn, urn)}::{identity}"
    for key in ("urn", "parent", "deletedWith"):
        if key in fixed:
            fixed[key] = names.get(fixed[key], fixed[key])
    for key in ("dependencies", "replaceWith"):
        if key in fixed:
            fixed[key] = [names.get(urn, urn) for urn in fixed[key]]
    if "propertyDependencies" in fixed:
        fixed["propertyDependencies"] = {
            name: [names.get(urn, urn) for urn in urns]
            for name, urns in fixed["propertyDependencies"].items()
        }
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


# --- references --------------------------------------------------------------------------------


def _without_dead_references(resources: list[Document]) -> list[Document]:
    known: set[str] = set()
    living: list[Document] = []
    for state in resources:
        dead = {urn for urn in _references(state) if urn not in known}
        living.append(_trimmed(state, dead) if dead else state)
        known.add(state["urn"])
    return living


def _trimmed(state: Document, dead: set[str]) -> Document:
    fixed = dict(state)
    for key in ("parent", "deletedWith"):
        if fixed.get(key) in dead:
            del fixed[key]
    for key in ("dependencies", "replaceWith"):
        if key in fixed:
            fixed[key] = [urn for urn in fixed[key] if urn not in dead]
    if "propertyDependencies" in fixed:
        fixed["propertyDependencies"] = {
            name: [urn for urn in urns if urn not in dead]
            for name, urns in fixed["propertyDependencies"].items()
        }
    return fixed
