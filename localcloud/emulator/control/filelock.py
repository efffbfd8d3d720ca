"""A lock between processes that the system itself gives up when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl  # in every Python on Linux and macOS
import os
import time
from collections.abc import Iterator
from pathlib import Path

from localcloud.emulator.errors import Busy


def try_lock(path: Path) -> int | None:
    """Take the lock and return its descriptor (closing it gives up), or None if it is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextlib.contextmanager
def held(path: Path, *, timeout: float = 60.0) -> Iterator[None]:
    """Hold the lock for a while; raises Busy when nobody gives it up within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while (descriptor := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise Busy(path)
        time.sleep(0.02)
    try:
        yield
    finally:
        os.close(descriptor)
