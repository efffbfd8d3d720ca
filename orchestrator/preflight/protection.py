"""What must not be destroyed: stacks that have, or had when deployed, `prevent_destroy`."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import Deployer
from orchestrator.errors import StillProtected

SETTING = "prevent_destroy"


def refuse_protected(stacks: Iterable[Stack], deployer: Deployer, *, again: str) -> None:
    """Refuse before anything is destroyed, rather than with half of the system gone."""
    protected = [stack for stack in stacks if _is_protected(stack, deployer)]
    if not protected:
        return
    places = ", ".join(
        f"{stack.layer.name}:{SETTING} in stacks/{stack.layer.name}/{stack.file.name}"
        for stack in protected
    )
    commands = ", ".join(f"./invoke up {stack.layer.name}{stack.options}" for stack in protected)
    raise StillProtected(
        f"Nothing was destroyed: {places} forbids it, or did at the last deployment. To lift that, "
        f"set it to false, deploy it ({commands}), then: {again}"
    )


def _is_protected(stack: Stack, deployer: Deployer) -> bool:
    """By its file, or by its state, which the file changes at the next deployment only."""
    state = deployer.state(stack)
    return state.deployed and (stack.config_value(SETTING, False) is True or state.protected)
