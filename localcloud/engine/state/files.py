"""The engine's files: replaced as a whole in private folders, and a sentence when that fails."""

from __future__ import annotations

from pathlib import Path

from localcloud.engine.errors import StateNotWritten
from localcloud.ground.files import replace_file


def write_atomically(
    path: Path, content: bytes, *, mode: int = 0o600, beside: Path | None = None
) -> None:
    """Replace a file as a whole; raise StateNotWritten, with the old one intact, if it fails.

    The unfinished file stands in the same folder, or in the folder `beside` of the same disk.
    """
    try:
        make_private_folder(path.parent)
        replace_file(path, content, mode=mode, beside=beside)
    except OSError as error:
        raise not_written(path, error) from error


def make_private_folder(folder: Path) -> None:
    """Make a folder and its missing parents, each open to its owner only."""
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def not_written(path: Path, error: OSError) -> StateNotWritten:
    """Return the error for a refused write: one sentence, and that nothing was lost."""
    reason = error.strerror or str(error)
    return StateNotWritten(f"Cannot write {path} ({reason}); what was there before is intact.")
