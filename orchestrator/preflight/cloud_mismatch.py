"""The local AWS must be the one that the states tell of before programs run over them.

A state believes what it says: over an emulator whose folder was removed, `up` would find nothing
to change, and every call after it would fail. The emulator's administrator is made anew with each
new cloud, so its access key's id tells one cloud from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from localcloud.ground.files import replace_file
from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import Cloud
from orchestrator.errors import CloudLost


def refuse_lost_cloud(
    workspace: Workspace, cloud: Cloud, stacks: Iterable[Stack], *, remember: bool
) -> None:
    """CloudLost if `stacks` stand in another local AWS, which is gone; `remember` this one else."""
    now = cloud.environment["AWS_ACCESS_KEY_ID"]
    file = workspace.last_cloud
    last = _last(file) or now  # a checkout from before is taken at its word
    lost = [stack.label for stack in stacks if last != now and cloud.deployer.state(stack).deployed]
    if lost:
        raise CloudLost(
            f"What the states of {', '.join(lost)} tell of is gone: its local AWS, "
            f"{workspace.emulator.relative_to(workspace.root)}, was removed or replaced. "
            "To forget it: ./invoke destroy-all --yes, then deploy again."
        )
    if remember:
        replace_file(file, now)


def _last(file: Path) -> str:
    """The key's id that was written down; empty if there is none, or something else."""
    text = file.read_text(encoding="utf-8", errors="replace").strip() if file.exists() else ""
    return text if re.fullmatch(r"\w{16,128}", text, re.ASCII) else ""
