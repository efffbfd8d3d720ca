"""The local AWS must be the one that the states describe before programs run over them.

A state believes what it holds: over an emulator whose folder was removed, `up` would find nothing
to change, and every call after it would fail. The emulator's administrator is made anew with each
new cloud, so its access key's id identifies a cloud.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from localcloud.ground.files import replace_file
from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import Cloud
from orchestrator.errors import CloudMismatch


def refuse_cloud_mismatch(
    workspace: Workspace, cloud: Cloud, stacks: Iterable[Stack], *, remember: bool
) -> None:
    """CloudMismatch if `stacks` stand in another local AWS; else `remember` this one."""
    identity = cloud.process_environment["AWS_ACCESS_KEY_ID"]
    file = workspace.cloud_identity
    recorded = _recorded(file) or identity  # a checkout from before is taken at its word
    orphaned = [
        stack.label
        for stack in stacks
        if recorded != identity and cloud.deployer.state(stack).deployed
    ]
    if orphaned:
        raise CloudMismatch(
            f"The local AWS that the states of {', '.join(orphaned)} describe is gone: "
            f"{workspace.emulator.relative_to(workspace.root)} was removed or replaced. "
            "To forget it: ./invoke destroy-all --yes, then deploy again."
        )
    if remember:
        replace_file(file, identity)


def _recorded(file: Path) -> str:
    """The key's id that was written down; empty if there is none, or something else."""
    text = file.read_text(encoding="utf-8", errors="replace").strip() if file.exists() else ""
    return text if re.fullmatch(r"\w{16,128}", text, re.ASCII) else ""
