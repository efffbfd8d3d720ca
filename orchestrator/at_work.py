"""Who is at work on an environment: a command over all layers has it to itself.

Pulumi locks one stack at a time, which lets a deployment and a destruction of all layers chase each
other through the stacks, and two smoke runs try out what the other one has just removed. Each run
therefore leaves a file that it keeps locked while it lives: the lock of a killed run is gone with
its process. It holds for one checkout; across machines there are Pulumi's own locks.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from orchestrator.errors import AtWork
from orchestrator.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Work:
    """A run that is going on."""

    command: str
    environment: str
    whole: bool
    """Whether it is about all layers, and so tolerates no other run."""
    process: int = 0


@contextlib.contextmanager
def at_work(workspace: Workspace, work: Work, *, again: str) -> Iterator[None]:
    """Hold the environment while the run lives; AtWork if another run is in the way."""
    with _turn(workspace):
        for other in _living(workspace):
            if other.environment == work.environment and (other.whole or work.whole):
                raise AtWork(_in_the_way(other, again))
        file = workspace.running / f"{os.getpid()}.json"
        lock = _open(file)
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(json.dumps(asdict(work) | {"process": os.getpid()}))
        lock.flush()
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        lock.close()


def refuse_at_work(workspace: Workspace, environment: str, *, again: str) -> None:
    """AtWork if any run is going on in the environment."""
    with _turn(workspace):
        for other in _living(workspace):
            if other.environment == environment:
                raise AtWork(_in_the_way(other, again))


def _in_the_way(other: Work, again: str) -> str:
    return (
        f"./invoke {other.command} is at work on {other.environment} (process {other.process}). "
        f"Wait until it has ended, or end it with Ctrl-C; then: {again}"
    )


@contextlib.contextmanager
def _turn(workspace: Workspace) -> Iterator[None]:
    """One process at a time looks who is at work and joins them."""
    workspace.make_home()
    workspace.running.mkdir(mode=0o700, exist_ok=True)
    with _open(workspace.running / "turn") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _open(file: Path) -> IO[str]:
    """For its owner only, like all that is private to the checkout."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8")


def _living(workspace: Workspace) -> Iterator[Work]:
    """The runs whose processes live; what dead ones left is removed."""
    for file in sorted(workspace.running.glob("*.json")):
        with contextlib.suppress(FileNotFoundError), file.open(encoding="utf-8") as left:
            if _is_locked(left):
                yield Work(**json.load(left))
            else:
                file.unlink()


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
