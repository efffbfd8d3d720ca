"""Where things are kept that belong to no single checkout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

OWN = ".venv.cache"
"""In a checkout whose user has no cache folder."""


def cache(root: Path) -> Path:
    """The user's cache folder for what is ours; one in the checkout if the user has none to write.

    Programs are kept and started there, so a folder that is somebody else's (`sudo` keeps HOME) is
    none: neither theirs should be run as us, nor ours left with them.
    """
    for parent in _parents():
        folder = parent / "microstack"
        if _is_ours(folder) and _is_made(folder):
            return folder
    return root / OWN


def _parents() -> Iterator[Path]:
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():  # the XDG specification: relative ones are ignored
        yield named
    home = Path(os.path.expanduser("~"))
    if home.is_absolute() and home.is_dir():
        yield home / ".cache"


def _is_ours(folder: Path) -> bool:
    """Judged by the nearest folder that exists: there, ours would be made."""
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    return there.is_dir() and there.stat().st_uid == os.geteuid()


def _is_made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
