"""Deployed layers that still run on former outputs of others: they should be deployed, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from orchestrator.checkout.selection import Selection
from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import Deployer
from shared.contract.used import Used

Outputs = Mapping[Stack, Mapping[str, Any]]


def published_outputs(stacks: Iterable[Stack], deployer: Deployer) -> Outputs:
    """What the stacks publish now."""
    return {stack: deployer.outputs(stack) for stack in stacks}


def stale_readers(
    before: Outputs, after: Outputs, everything: Selection, deployer: Deployer
) -> dict[Stack, list[str]]:
    """Reader → the changed fields that it took, in an order in which they can be deployed."""
    stale: dict[Stack, list[str]] = {}
    for stack, former in before.items():
        for reader in everything.downstream(stack):
            used = Used.of(deployer.outputs(reader)).fields(stack.layer.name)
            changed = [
                field
                for field, members in used.items()
                if _part(former, field, members) != _part(after[stack], field, members)
            ]
            if changed:
                stale[reader] = changed
    return {stack: stale[stack] for stack in everything.stacks if stack in stale}


def _part(outputs: Mapping[str, Any], field: str, members: Set[str]) -> Any:
    """What a reader took of a field: these members, or all of it."""
    value = outputs.get(field)
    if not members or not isinstance(value, Mapping):
        return value
    return {name: value.get(name) for name in members}
