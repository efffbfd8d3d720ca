"""Stacks to try things on, and Pulumi's integrity rules as a judge of their state."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from localcloud.engine.backend.backend import FileBackend, StackHandle
from localcloud.engine.state.model import ResourceState
from localcloud.engine.state.secrets import PassphraseCrypter, new_crypter
from localcloud.engine.values import urns

PASSPHRASE = "correct-horse"
REPOSITORY = Path(__file__).parents[3]
CLI_DATA = Path(__file__).parent / "data" / "cli"
ROOT = "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"


@functools.cache
def crypter() -> PassphraseCrypter:
    """One key for all tests: deriving it takes a quarter of a second."""
    return new_crypter(PASSPHRASE)


def backend_in(folder: Path) -> FileBackend:
    """Return the backend of a folder."""
    return FileBackend(f"file://{folder}", PASSPHRASE)


def new_stack(folder: Path) -> StackHandle:
    """Make the empty stack `dev` of `demo`."""
    handle = backend_in(folder).open("demo", "dev")
    handle.create(crypter())
    return handle


def root() -> ResourceState:
    """Make the stack's own resource."""
    return ResourceState(urn=ROOT, type=urns.STACK_TYPE, custom=False)


def urn_of(name: str) -> str:
    """Return the URN that `resource` gives a name."""
    return f"urn:pulumi:dev::demo::test:index:Thing::{name}"


def resource(name: str, *needs: str, **fields: Any) -> ResourceState:
    """Make a resource below the stack that depends on others by name."""
    fields.setdefault("inputs", {"name": name})
    return ResourceState(
        urn=urn_of(name),
        type="test:index:Thing",
        parent=ROOT,
        dependencies=[urn_of(need) for need in needs],
        **fields,
    )


def names(handle: StackHandle) -> list[str]:
    """List the names of a stack's resources in the order of the state."""
    return [state.urn.rpartition("::")[2] for state in handle.load().resources]


def resources_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the resources in a state document."""
    return list(document["checkpoint"]["latest"].get("resources", []))


def violations(resources: list[dict[str, Any]]) -> list[str]:
    """Name what breaks Pulumi's rules (VerifyIntegrity in snapshot/integrity.go)."""
    found: list[str] = []
    known: set[str] = set()
    providers: set[str] = set()
    for state in resources:
        urn = state["urn"]
        if state["type"].startswith("pulumi:providers:"):
            providers.add(f"{urn}::{state.get('id', '')}")
        provider = state.get("provider")
        if provider and provider not in providers and not state.get("pendingReplacement"):
            found.append(f"{urn} before its provider {provider}")
        found += [f"{urn} before {needed}" for needed in _needed(state) if needed not in known]
        known.add(urn)
    living = [state["urn"] for state in resources if not state.get("delete")]
    found += [f"{urn} lives twice" for urn in set(living) if living.count(urn) > 1]
    return found


def _needed(state: dict[str, Any]) -> list[str]:
    needed = [state[key] for key in ("parent", "deletedWith") if state.get(key)]
    needed += state.get("dependencies", [])
    for listed in state.get("propertyDependencies", {}).values():
        needed += listed
    return needed
