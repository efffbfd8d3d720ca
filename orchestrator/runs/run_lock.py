"""Which runs an environment has: a command over all layers has it to itself.

Pulumi locks one stack at a time, which lets a deployment and a destruction of all layers chase each
other through the stacks, and two smoke runs try out what the other one has just removed. Each run
therefore leaves a file that it keeps locked while it lives: the lock of a killed run is gone with
its process. It holds for one checkout; across machines there are Pulumi's own locks.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from localcloud.ground import locks
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import RunInProgress


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """A run that is going on."""

    command: str
    environment: str
    whole: bool
    """Whether it is about all layers, and so tolerates no other run."""
    process: int = 0


@contextlib.contextmanager
def hold_run_lock(workspace: Workspace, record: RunRecord, *, again: str) -> Iterator[None]:
    """Hold the environment while the run lives; RunInProgress if another run is in the way."""
    file = workspace.running / f"{os.getpid()}.json"
    with contextlib.ExitStack() as run:
        with _turn(workspace):
            for other in _running(workspace):
                if other.environment == record.environment and (other.whole or record.whole):
                    raise RunInProgress(_refusal(other, again))
            run.enter_context(locks.held(file))
            run.callback(file.unlink, missing_ok=True)
            file.write_text(json.dumps(asdict(record) | {"process": os.getpid()}), encoding="utf-8")
        yield


def refuse_if_running(workspace: Workspace, environment: str, *, again: str) -> None:
    """RunInProgress if any run is going on in the environment."""
    with _turn(workspace):
        for other in _running(workspace):
            if other.environment == environment:
                raise RunInProgress(_refusal(other, again))


def _refusal(other: RunRecord, again: str) -> str:
    return (
        f"./invoke {other.command} is running on {other.environment} (process {other.process}). "
        f"Wait until it ends, or stop it with Ctrl-C; then: {again}"
    )


@contextlib.contextmanager
def _turn(workspace: Workspace) -> Iterator[None]:
    """One process at a time looks which runs there are and joins them."""
    workspace.make_home()
    workspace.running.mkdir(mode=0o700, exist_ok=True)
    with locks.held(workspace.running / "turn"):
        yield


def _running(workspace: Workspace) -> Iterator[RunRecord]:
    """The runs whose processes live; what dead ones left is removed."""
    for file in sorted(workspace.running.glob("*.json")):
        with contextlib.suppress(OSError):
            if not locks.is_held(file):
                file.unlink()
            elif record := _read(file):
                yield record


def _read(file: Path) -> RunRecord | None:
    """The record that a run left; none if another version wrote it otherwise."""
    try:
        return RunRecord(**json.loads(file.read_text(encoding="utf-8")))
    except (TypeError, ValueError):
        return None
