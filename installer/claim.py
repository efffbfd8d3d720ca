"""One installation at a time: a lock of the kernel's, which nobody's death leaves behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from installer.progress import TICK, Status


@contextlib.contextmanager
def claim(file: Path, *, what: str) -> Iterator[int]:
    """Hold `file` locked; a wait says for which process. Yields the descriptor that holds it.

    A command that inherits the descriptor holds the lock as well: one that outlives its killed
    parent is waited for, not worked against.
    """
    holder = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _locked(holder):
            _wait(holder, what)
        os.ftruncate(holder, 0)
        os.pwrite(holder, str(os.getpid()).encode(), 0)
        yield holder
    finally:
        os.close(holder)


def _wait(holder: int, what: str) -> None:
    written = os.pread(holder, 20, 0).decode(errors="replace")
    owner = f"process {written}" if written else "another process"  # it writes that in a moment
    with Status(f"Waiting for {owner}, which {what} ...") as status:
        while not _locked(holder):
            time.sleep(TICK)
            status.show([])


def _locked(holder: int) -> bool:
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: two first runs at once are not worth a refusal
    return True
