"""Which processes are ours: never signal one that is not.

A pid alone proves nothing, as the system gives it to others later. The server is known by pid and
start time. Its function workers are known by their session: the server leads one of its own, and no
system gives a pid away while a session of that number has members.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import psutil

from localcloud.ground.files import replace_file


@dataclass(frozen=True)
class ServerRecord:
    """What the server writes down about itself before it serves."""

    pid: int
    started: float
    """Start time of the process (seconds since 1970), as psutil reports it."""
    port: int

    @classmethod
    def of_this_process(cls, port: int) -> Self:
        """Describe the calling process."""
        return cls(pid=os.getpid(), started=psutil.Process().create_time(), port=port)

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read it back; None if there is none, or none that makes sense."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls(pid=int(raw["pid"]), started=float(raw["started"]), port=int(raw["port"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, path: Path) -> None:
        """Write it down in one step."""
        replace_file(path, json.dumps(asdict(self)))

    def process(self) -> psutil.Process | None:
        """The live server, or None when that pid is free, dead or somebody else's by now."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started) < 1.0 and _lives(process):
                return process
        return None

    def workers(self) -> list[psutil.Process]:
        """Every process of the server's session but the server, also when that one is dead."""
        if psutil.pid_exists(self.pid) and self.process() is None and not _is_zombie(self.pid):
            return []  # a stranger has the pid, so no session of ours is left
        return [p for p in _session(self.pid) if p.pid != self.pid and _lives(p)]


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _session(leader: int) -> list[psutil.Process]:
    members = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getsid(pid) == leader:
                members.append(psutil.Process(pid))
    return members


def end(processes: Sequence[psutil.Process], *, timeout: float) -> list[int]:
    """SIGTERM, wait `timeout` seconds, SIGKILL; returns the pids that outlived even that."""
    _signal(processes, signal.SIGTERM)
    alive = _wait(processes, timeout)
    _signal(alive, signal.SIGKILL)
    return [process.pid for process in _wait(alive, 2.0)]


def _signal(processes: Sequence[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)  # psutil itself checks again that the pid was not reused


def _wait(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    alive = [process for process in processes if _alive(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.01)
        alive = [process for process in alive if _alive(process)]
    return alive


def _alive(process: psutil.Process) -> bool:
    try:
        return _lives(process)
    except psutil.Error:
        return False
