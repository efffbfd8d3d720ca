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
from typing import IO

from orchestrator.checkout.workspace import Workspace, one_at_a_time, open_private
from orchestrator.errors import AtWork


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
        lock = open_private(file)
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
    with one_at_a_time(workspace.running / "turn"):
        yield


def _living(workspace: Workspace) -> Iterator[Work]:
    """The runs whose processes live; what dead ones left is removed."""
    for file in sorted(workspace.running.glob("*.json")):
        with contextlib.suppress(OSError), file.open(encoding="utf-8") as left:
            if not _is_locked(left):
                file.unlink()
            elif work := _read(left):
                yield work


def _read(file: IO[str]) -> Work | None:
    """What a run says of itself; nothing if it is of a version that says it otherwise."""
    try:
        return Work(**json.load(file))
    except (TypeError, ValueError):
        return None


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
