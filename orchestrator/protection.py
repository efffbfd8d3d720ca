"""What must not be destroyed: stacks whose file says `prevent_destroy`."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.deployers.base import Deployer
from orchestrator.errors import StillProtected
from orchestrator.stacks import Stack

SETTING = "prevent_destroy"


def refuse_protected(stacks: Iterable[Stack], deployer: Deployer, *, again: str) -> None:
    """Refuse before anything is destroyed, rather than with half of the system gone."""
    protected = [
        stack
        for stack in stacks
        if stack.told(SETTING, False) is True and deployer.state(stack).deployed
    ]
    if not protected:
        return
    places = ", ".join(
        f"{stack.layer.name}:{SETTING} in stacks/{stack.layer.name}/{stack.file.name}"
        for stack in protected
    )
    commands = ", ".join(f"./invoke up {stack.layer.name}{stack.selection}" for stack in protected)
    raise StillProtected(
        f"Nothing was destroyed: {places} forbids it. To lift that, set it to false, deploy it "
        f"({commands}), then: {again}"
    )
