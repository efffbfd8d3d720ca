"""Waiting for what must happen, on a machine of any speed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TypeVar

import psutil

Found = TypeVar("Found")

PATIENCE = 600.0
"""Seconds after which it will never happen: a hang, and no slow machine. Nobody waits so long."""


def until(question: Callable[[], Found], what: str, *, pause: float = 0.02) -> Found:
    """Ask again until the answer is truthy; the answer."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := question()):
        assert time.monotonic() < deadline, f"{what}: not in {PATIENCE:.0f} s"
        time.sleep(pause)
    return answer


def has_ended(pid: int) -> bool:
    """Whether a process, ours or not, runs no more."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return True
