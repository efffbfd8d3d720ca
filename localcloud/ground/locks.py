"""Locks between processes that the system itself gives up when their holder dies, by kill -9 too.

Taken with the library filelock. Two uses it has no way for are made here with flock(2), which it
uses too, so that both kinds exclude each other: a look that neither makes the file nor writes to it
(`is_held`), and a lock that a child process inherits (`take_to_hand_over`), which filelock would
unlock for both when the parent lets go.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from filelock import FileLock

FOR_EVER: Final = -1.0
_MODE: Final = 0o600
_POLL_SECONDS: Final = 0.02


class LockHeld(Exception):
    """Another process has the lock."""

    def __init__(self, path: Path) -> None:
        """Name its file."""
        super().__init__(f"another process holds the lock {path}")


@contextlib.contextmanager
def held(
    path: Path, *, timeout: float = FOR_EVER, busy: Callable[[Path], Exception] = LockHeld
) -> Iterator[None]:
    """Hold the lock of `path` while the block runs; not to be nested.

    Raises what `busy` makes of the path when nobody gives it up within `timeout` seconds.
    """
    lock = take(path, timeout=timeout)
    if lock is None:
        raise busy(path)
    try:
        yield
    finally:
        lock.release()


def take(path: Path, *, timeout: float = 0.0) -> FileLock | None:
    """Take the lock, and keep it until its release() or this process's end; None if it is held.

    Makes the file (0600) if there is none; what is in it stays. Raises OSError where the file
    system knows no locks.
    """
    from filelock import FileLock, Timeout  # 40 ms, which commands that take no lock do not pay

    lock = FileLock(path, mode=_MODE, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(timeout=timeout, poll_interval=_POLL_SECONDS)
    except Timeout:
        return None
    return lock


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock; no if there is no file, or no way to tell."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def take_to_hand_over(path: Path) -> int | None:
    """Take the lock for a child process; None if it is held.

    Returns a descriptor for the child to inherit. The lock holds until both have closed it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
