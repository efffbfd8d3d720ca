"""Start stack programs in child processes, ahead of time where that helps.

Importing the SDK takes over a second. On Linux one fork server process imports it once and forks a
child for each program, which then shares that memory. Elsewhere (fork is not safe under macOS'
frameworks) one spare process stands ready at most.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from localcloud.engine.errors import EngineError

HOST = Path(__file__).with_name("host.py")
CAN_FORK = sys.platform.startswith("linux")
Line = Callable[[str], None]  # gets each line that a program prints, on either stream


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What a program gets from the engine, as Pulumi's language hosts do (pulumirpc.RunRequest).

    `root` is the project's folder and `program` a folder or file.
    """

    program: str
    root: str
    project: str
    stack: str
    organization: str
    address: str
    dry_run: bool
    parallel: int
    config: dict[str, str] = field(repr=False)
    secret_keys: list[str]


class Program:
    """A running program. `report` is its own, at its end: {} means that all went well, None
    that it ended without one.
    """

    def __init__(self, pipes: list[int], line: Line) -> None:
        self._stdin, stdout, stderr, result = pipes
        self._line = line
        self.report: dict[str, Any] | None = None
        self.ended = threading.Event()
        readers = [
            threading.Thread(target=self._relay, args=(pipe,), daemon=True)
            for pipe in (stdout, stderr)
        ]
        for reader in readers:
            reader.start()
        threading.Thread(target=self._await, args=(result, readers), daemon=True).start()

    def send(self, request: RunRequest) -> None:
        """Send the program what it is to run."""
        written = json.dumps(asdict(request)).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):  # it died; the end of its pipes shows that
            while written:
                written = written[os.write(self._stdin, written) :]

    def _relay(self, pipe: int) -> None:
        with os.fdopen(pipe, encoding="utf-8", errors="replace") as lines:
            for text in lines:
                self._line(text.rstrip("\n"))

    def _await(self, pipe: int, readers: list[threading.Thread]) -> None:
        with os.fdopen(pipe, "rb") as file:
            written = file.read()
        for reader in readers:
            reader.join(timeout=2)  # a grandchild may hold the pipes open for longer
        with contextlib.suppress(ValueError):
            self.report = json.loads(written)
        self.ended.set()

    def stop(self) -> None:
        """End the program, if it still runs: it watches its stdin."""
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1


def _pipes() -> tuple[list[int], list[int]]:
    """Make the pipes of a program: (ours, its), each in the order stdin, stdout, stderr, result."""
    ours, its = [], []
    for number in range(4):
        read, write = os.pipe()
        ours.append(write if number == 0 else read)
        its.append(read if number == 0 else write)
    return ours, its


def _close(pipes: list[int]) -> None:
    for pipe in pipes:
        os.close(pipe)


def _not_started(python: str, error: OSError) -> EngineError:
    return EngineError(f"{python} cannot be started: {error.strerror}.")


class ForkServer:
    """A process that forks programs."""

    reusable = True

    def __init__(self, python: str, environment: Mapping[str, str], folders: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._used = False
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [python, "-P", str(HOST), "fork-server", *folders],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=dict(environment),
                    start_new_session=True,  # Ctrl-C is for the engine, which ends programs
                )
            except OSError as error:
                self._control.close()
                raise _not_started(python, error) from error

    def warm(self, folder: str) -> None:
        """Have what the program in a folder imports imported some time."""
        with contextlib.suppress(BrokenPipeError):
            self._control.send(f"warm {folder}".encode())

    def start(self, folder: str, line: Line) -> Program:
        """Fork a process for the program in a folder."""
        self._used = True
        ours, its = _pipes()
        with contextlib.suppress(BrokenPipeError):
            socket.send_fds(self._control, [f"start {folder}".encode()], its)
        _close(its)
        return Program(ours, line)

    def alive(self) -> bool:
        """Return whether it can still start programs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the fork server; programs that it has started go on."""
        self._control.close()
        if not self._used:
            self._process.kill()  # it may be at an import, for which nobody needs to wait
        self._process.wait()


class SpareProcess:
    """A process that runs one program."""

    reusable = False

    def __init__(self, python: str, environment: Mapping[str, str], folders: Sequence[str]) -> None:
        self._ours, its = _pipes()
        self._used = False
        try:
            self._process = subprocess.Popen(
                [python, "-P", str(HOST), "run", str(its[3]), *folders],
                stdin=its[0],
                stdout=its[1],
                stderr=its[2],
                pass_fds=[its[3]],
                env=dict(environment),
                start_new_session=True,
            )
        except OSError as error:
            _close(self._ours)
            raise _not_started(python, error) from error
        finally:
            _close(its)

    def warm(self, folder: str) -> None:
        """Do nothing: it got its folders at its start."""

    def start(self, folder: str, line: Line) -> Program:
        """Run a program in this process."""
        self._used = True
        threading.Thread(target=self._process.wait, daemon=True).start()  # leave no zombie
        return Program(self._ours, line)

    def alive(self) -> bool:
        """Return whether it can still run a program."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process if it was never used."""
        if not self._used:
            _close(self._ours)
            self._process.kill()  # it may be at an import, for which nobody needs to wait
            self._process.wait()


class Programs:
    """Starts programs for one engine; at most one process waits for its use."""

    def __init__(self, python: str, environment: Mapping[str, str]) -> None:
        self._python, self._environment = python, environment
        self._folders: dict[str, None] = {}
        self._ready: ForkServer | SpareProcess | None = None
        self._lock = threading.Lock()

    def warm(self, *folders: str) -> None:
        """Have a process ready that knows what the programs in these folders import.

        Returns at once; can be called again with more folders.
        """
        with self._lock:
            new = [folder for folder in folders if folder not in self._folders]
            self._folders.update(dict.fromkeys(new))
            ready = self._living()
            if ready is None:
                kind = ForkServer if CAN_FORK else SpareProcess
                self._ready = kind(self._python, self._environment, list(self._folders))
                return
            for folder in new:
                ready.warm(folder)

    def _living(self) -> ForkServer | SpareProcess | None:
        if self._ready is not None and not self._ready.alive():
            self._ready.close()
            self._ready = None
        return self._ready

    def start(self, request: RunRequest, line: Line) -> Program:
        """Run a program."""
        self.warm()
        with self._lock:
            assert self._ready is not None
            program = self._ready.start(request.program, line)
            if not self._ready.reusable:
                self._ready = None
        program.send(request)
        return program

    def close(self) -> None:
        """End the process that waits, if there is one."""
        with self._lock:
            if self._ready is not None:
                self._ready.close()
                self._ready = None
