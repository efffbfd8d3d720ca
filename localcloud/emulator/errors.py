"""What can go wrong with the local AWS: each a sentence and the next command.

EmulatorError
├── StartFailed      the server process ended or stayed silent
├── PortTaken        somebody else listens on the wanted port
├── AlreadyRunning   it runs, but not where it was asked to
├── NotRunning       the call needs a running server
├── StopFailed       a process of ours survived SIGKILL
└── Busy             another process is starting or stopping it right now
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class EmulatorError(Exception):
    """Any failure of the local AWS; its text is one sentence for the user."""


class StartFailed(EmulatorError):
    """The server did not come up; carries the last lines of its log."""

    def __init__(self, reason: str, *, log: Path, lines: Sequence[str] = ()) -> None:
        """Say why, where the log is, and how it ended."""
        self.log = log
        self.lines = tuple(lines)
        tail = "".join(f"\n  {line}" for line in self.lines)
        super().__init__(f"The local AWS did not start: {reason}. Its log is {log}.{tail}")


class PortTaken(EmulatorError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        """Name the port and the way out."""
        self.port = port
        super().__init__(
            f"Port {port} on 127.0.0.1 is taken by another program: end that one,"
            " or take another port with ./invoke emulator.start --port NUMBER."
        )


class AlreadyRunning(EmulatorError):
    """The server runs on another port than the wanted one."""

    def __init__(self, *, port: int, wanted: int) -> None:
        """Name both ports."""
        super().__init__(
            f"The local AWS already runs on port {port}, not {wanted}:"
            " stop it first with ./invoke emulator.stop."
        )


class NotRunning(EmulatorError):
    """No server runs for this home."""

    def __init__(self) -> None:
        """Say how to start it."""
        super().__init__("The local AWS is not running: start it with ./invoke emulator.start.")


class StopFailed(EmulatorError):
    """The server's processes did not end."""

    def __init__(self, pids: Sequence[int]) -> None:
        """Name the processes."""
        super().__init__(
            f"The local AWS did not stop: processes {', '.join(map(str, pids))} are still there;"
            " try ./invoke emulator.stop again."
        )


class Busy(EmulatorError):
    """Another process holds the start/stop lock for too long."""

    def __init__(self, lock: Path) -> None:
        """Name the lock."""
        super().__init__(
            f"Another process is starting or stopping the local AWS (lock {lock}):"
            " wait for it, then look with ./invoke emulator.status."
        )
