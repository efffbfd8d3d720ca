"""The server's log: short enough to keep for ever, and still there after a crash."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

LIMIT = 8 * 1024 * 1024
"""Bytes of the log after which it begins anew; the one before is kept."""


def keep_short(log: Path) -> None:
    """Set a long log aside as `….1`.

    By copying and emptying, as the server goes on writing to the file that it has (at its end).
    """
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LIMIT:
            older = log.with_name(log.name + ".1")
            shutil.copyfile(log, older)
            older.chmod(0o600)
            os.truncate(log, 0)


def tail(log: Path, lines: int) -> list[str]:
    """Last lines of the log, for a message about a failed start."""
    with contextlib.suppress(OSError):
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return []
