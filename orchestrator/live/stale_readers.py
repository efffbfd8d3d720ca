"""Who should follow a deployment: deployed layers that read an output that has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.checkout.selection import Selection
from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import Deployer

Outputs = Mapping[Stack, Mapping[str, Any]]


def published(stacks: Iterable[Stack], deployer: Deployer) -> Outputs:
    """What the stacks publish now."""
    return {stack: deployer.outputs(stack) for stack in stacks}


def readers_left_behind(
    before: Outputs, after: Outputs, everything: Selection, deployer: Deployer
) -> dict[Stack, list[str]]:
    """Reader → the changed fields that it took, in an order in which they can be deployed."""
    behind: dict[Stack, list[str]] = {}
    for stack, was in before.items():
        for reader in everything.downstream(stack):
            contract = deployer.outputs(reader).get("contract", {})
            took = contract.get("reads", {}).get(stack.layer.name, ())
            changed = [field for field in took if was.get(field) != after[stack].get(field)]
            if changed:
                behind[reader] = changed
    return {stack: behind[stack] for stack in everything.stacks if stack in behind}
