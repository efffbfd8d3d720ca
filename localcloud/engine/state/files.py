"""Files that survive a crash: written beside their place, then moved there in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from localcloud.engine.errors import StateNotWritten


def write_atomically(
    path: Path, content: bytes, *, mode: int = 0o600, beside: Path | None = None
) -> None:
    """Replace a file as a whole; raise StateNotWritten, with the old one intact, if it fails.

    The unfinished file stands in the same folder, or in the folder `beside` of the same disk.
    """
    try:
        make_private_folder(path.parent)
        descriptor, temporary = tempfile.mkstemp(dir=beside or path.parent, prefix=".writing-")
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise not_written(path, error) from error


def make_private_folder(folder: Path) -> None:
    """Make a folder and its missing parents, each open to its owner only."""
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def not_written(path: Path, error: OSError) -> StateNotWritten:
    """Say in one sentence that a file could not be written, and that nothing was lost."""
    reason = error.strerror or str(error)
    return StateNotWritten(f"Cannot write {path} ({reason}); what was there before is intact.")
