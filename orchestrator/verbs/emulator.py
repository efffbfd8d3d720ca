"""`emulator.*` and `env`: the local AWS itself, and a shell turned to it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import emulator, local_exports
from orchestrator.display.console import message
from orchestrator.errors import UsageError
from orchestrator.runs.run_lock import refuse_if_running

if TYPE_CHECKING:
    from localcloud.api import Status

NOT_RUNNING = "Local AWS is not running. Start it: ./invoke emulator.start"


def start(root: Path, *, port: str = "") -> None:
    """Start the local AWS unless it runs; no port: the one it had, or a free one."""
    wanted = _port(port) if port else None
    endpoint = emulator(Workspace(root)).start(wanted)
    message(f"Local AWS at {endpoint.url}")


def stop(root: Path) -> None:
    """Stop the local AWS, if it runs."""
    workspace = Workspace(root)
    refuse_if_running(workspace, Environment.LOCAL, again="./invoke emulator.stop")
    stopped = emulator(workspace).stop()
    word = "stopped; its state is kept" if stopped else "was not running"
    message(f"Local AWS {word}")


def status(root: Path, *, as_json: bool = False) -> None:
    """Whether the local AWS runs, where, and what it uses."""
    found = emulator(Workspace(root)).status()
    facts = {
        "running": found.running,
        "url": found.url,
        "pid": found.pid,
        "uptime_seconds": found.uptime,
        "memory_bytes": found.memory,
        "function_workers": found.workers,
        "log": str(found.log),
    }
    if as_json:
        print(json.dumps(facts, indent=2))
    else:
        print(_running(found) if found.running else NOT_RUNNING)


def exports(root: Path) -> None:
    """Shell exports of the local cloud, for `eval`."""
    from orchestrator.checkout.local_files import prepare_stack_file

    local = Target(root=root)
    for stack in local.stacks:
        prepare_stack_file(local.workspace, stack)
    for name, value in local_exports(local.workspace, on_message=message).items():
        print(f"export {name}={shlex.quote(value)}")


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 2**16:
        return int(text)
    raise UsageError(f"{text!r} is no port: give a number from 1 to 65535, or leave --port out.")


def _running(found: Status) -> str:
    """Two lines: where it runs and what it uses; where it writes."""
    minutes, megabytes = (found.uptime or 0) / 60, (found.memory or 0) / 1e6
    return (
        f"Local AWS at {found.url} (process {found.pid}), up for {minutes:.0f} min, "
        f"{megabytes:.0f} MB, function workers: {found.workers}\nLog: {found.log}"
    )
