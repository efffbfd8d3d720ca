"""One run at a time per stack, by the same lock files as the CLI's file backend.

A lock is a file `<uuid>.json` in the stack's lock folder. Whoever wants the stack writes its own
and then looks for others; if there are any it takes its own back. A lock whose process is dead on
this host is taken over: no such process, or one that began after the lock was made. On top of what
the CLI does, a run has the system lock its file, so that a clock that was set cannot make a living
run look dead.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import random
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from localcloud.engine.errors import StackLocked
from localcloud.engine.state.files import make_private_folder, write_atomically
from localcloud.engine.state.state_values import dump
from localcloud.ground import locks

if TYPE_CHECKING:
    from filelock import FileLock

_ATTEMPTS: Final = 4  # two runs that begin together both step back; chance lets one win
_YOUNG_SECONDS: Final = 1.0
_CLOCK_GRAIN_SECONDS: Final = 2.0  # process start times are as coarse as this on some systems


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds a lock; `since` is None if the file has no readable time."""

    path: Path
    pid: int
    username: str
    hostname: str
    since: datetime | None

    def __str__(self) -> str:
        since = f" since {self.since.astimezone():%Y-%m-%d %H:%M:%S}" if self.since else ""
        return f"{self.username}@{self.hostname} (process {self.pid}){since}"


@contextlib.contextmanager
def stack_lock(folder: Path, title: str, notice: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a stack while the block runs, or raise StackLocked.

    `title` names the stack in messages; `notice` hears of a lock that was taken over.
    """
    path, lock = _acquire(folder, title, notice)
    try:
        yield
    finally:
        _release(path, lock)


def _acquire(
    folder: Path, title: str, notice: Callable[[str], None]
) -> tuple[Path, FileLock | None]:
    others: list[LockHolder] = []
    for _ in range(_ATTEMPTS):
        path, lock = _create(folder)
        others = _other_holders(folder, path, title, notice)
        if not others:
            return path, lock
        _release(path, lock)
        if not any(_is_young(other) for other in others):
            break
        time.sleep(random.uniform(0.02, 0.15))
    raise StackLocked(
        f"{title} is in use by {others[0]}; wait until that run ends or, if it surely does not run "
        f"any more, remove {others[0].path}."
    )


def _release(path: Path, lock: FileLock | None) -> None:
    if lock is not None:
        lock.release()
    path.unlink(missing_ok=True)


def _create(folder: Path) -> tuple[Path, FileLock | None]:
    path = folder / f"{uuid.uuid4()}.json"
    content = {
        "pid": os.getpid(),
        "username": _username(),
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).astimezone().isoformat(),
    }
    # Not written inside the folder: all files there count as locks, half-written or not.
    make_private_folder(folder.parent)
    write_atomically(path, dump(content).encode(), beside=folder.parent)
    with contextlib.suppress(OSError):  # a file system without flock: the process id decides
        return path, locks.take(path)
    return path, None


def _other_holders(
    folder: Path, own: Path, title: str, notice: Callable[[str], None]
) -> list[LockHolder]:
    living = []
    for holder in _read_holders(folder):
        if holder.path == own:
            continue
        if _is_dead(holder):
            holder.path.unlink(missing_ok=True)
            holder.path.with_name(f"{holder.path.name}.attrs").unlink(missing_ok=True)  # the CLI's
            notice(f"{title} was left locked by {holder}, which has died; the lock is taken over.")
        else:
            living.append(holder)
    return living


def _read_holders(folder: Path) -> list[LockHolder]:
    paths = sorted(folder.glob("*.json"))
    return [holder for path in paths if (holder := _read_holder(path)) is not None]


def _read_holder(path: Path) -> LockHolder | None:
    """Read a lock; one that is gone meanwhile is None, an unreadable one counts as somebody's."""
    try:
        content = json.loads(path.read_bytes())
        return LockHolder(
            path,
            int(content["pid"]),
            str(content["username"]),
            str(content["hostname"]),
            _parse_time(str(content["timestamp"])),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return LockHolder(path, 0, "somebody", "an unknown host", None)


def _parse_time(text: str) -> datetime | None:
    """Read an RFC 3339 time; Go gives nanoseconds, Python 3.11 takes them."""
    with contextlib.suppress(ValueError):
        read = datetime.fromisoformat(text)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return None


def _is_dead(holder: LockHolder) -> bool:
    if holder.hostname != socket.gethostname() or holder.pid <= 0 or locks.is_held(holder.path):
        return False
    try:
        process = psutil.Process(holder.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        began = process.create_time()
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
    return holder.since is not None and began > holder.since.timestamp() + _CLOCK_GRAIN_SECONDS


def _is_young(holder: LockHolder) -> bool:
    return holder.since is not None and (
        abs(datetime.now(UTC).timestamp() - holder.since.timestamp()) < _YOUNG_SECONDS
    )


def _username() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, as containers have them
        return str(os.getuid())
