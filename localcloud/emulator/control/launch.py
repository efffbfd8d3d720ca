"""Launching the server: as nobody's child, with its socket, until it reports that it serves."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from localcloud.emulator.control.logfile import tail
from localcloud.emulator.errors import StartFailed
from localcloud.emulator.layout import Layout

ROOT = Path(__file__).resolve().parents[3]
"""Where `python -m localcloud…` finds the package."""
LOG_LINES = 12
READY = b"ready"
"""Else the server gives the reason why it does not serve, or nothing."""
REASON_BYTES = 4096
DETACHED = (
    *(sys.executable, "-I", "-S", "-c"),
    "import os, sys\nif os.fork(): os._exit(0)\nos.setsid()\nos.execv(sys.argv[1], sys.argv[1:])",
)
"""Runs a command as nobody's child, in a session of its own: it gets no Ctrl-C, and no zombie is
left when it ends. (macOS wants every fork to be followed by exec.)"""


def launch(
    layout: Layout, inherited: Sequence[int], environment: Mapping[str, str], *, timeout: float
) -> None:
    """Return when the server answers; raises StartFailed when it ends or is silent for too long.

    It inherits the listening socket and the lock, so that neither is ever free in between.
    """
    with _pipe() as (ours, theirs):
        _spawn(layout, [*inherited, theirs], environment)
        os.close(theirs)
        readable, _, _ = select.select([ours], [], [], timeout)
        answer = os.read(ours, REASON_BYTES) if readable else b""
        if answer == READY:
            return
    silent = "it ended" if readable else f"no answer within {timeout:.0f} s"
    reason = answer.decode(errors="replace") or silent
    raise StartFailed(reason, log=layout.log, lines=tail(layout.log, LOG_LINES))


def _spawn(layout: Layout, descriptors: list[int], environment: Mapping[str, str]) -> None:
    command = [*DETACHED, sys.executable, "-m", "localcloud.emulator.server.main", str(layout.home)]
    with open(layout.log, "ab", opener=_private) as log:
        subprocess.run(
            command + [str(number) for number in descriptors],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=descriptors,
            start_new_session=True,
            check=False,  # what counts is what the server reports, or that it reports nothing
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    ours, theirs = os.pipe()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        with contextlib.suppress(OSError):
            os.close(theirs)
