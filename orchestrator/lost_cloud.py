"""The local AWS must be the one that the states tell of before programs run over them.

A state believes what it says: over an emulator whose folder was removed, `up` would find nothing
to change, and every call after it would fail. The emulator's administrator is made anew with each
new cloud, so its access key's id tells one cloud from another.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.cloud import Cloud
from orchestrator.errors import CloudLost
from orchestrator.stacks import Stack
from orchestrator.workspace import Workspace, write_private


def refuse_lost_cloud(workspace: Workspace, cloud: Cloud, stacks: Iterable[Stack]) -> None:
    """Remember the local AWS; CloudLost if `stacks` stand in another that is gone."""
    now = cloud.environment["AWS_ACCESS_KEY_ID"]
    file = workspace.last_cloud
    last = file.read_text(encoding="utf-8") if file.exists() else now
    lost = [stack.label for stack in stacks if last != now and cloud.deployer.state(stack).deployed]
    if lost:
        raise CloudLost(
            f"What the states of {', '.join(lost)} tell of is gone: its local AWS, "
            f"{workspace.emulator.relative_to(workspace.root)}, was removed or replaced. "
            "To forget it: ./invoke destroy-all --yes, then deploy again."
        )
    write_private(file, now)
