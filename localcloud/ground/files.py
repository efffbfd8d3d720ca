"""Files that survive a crash: written beside their place, then moved there in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

_DRAFT: Final = ".writing-"
_PRIVATE: Final = 0o600


def replace_file(
    path: Path, content: bytes | str, *, mode: int = _PRIVATE, beside: Path | None = None
) -> None:
    """Replace a file as a whole; if that fails (OSError) the old one is intact.

    The unfinished file stands in the same folder, or in the folder `beside` of the same disk.
    """
    descriptor, draft = tempfile.mkstemp(dir=beside or path.parent, prefix=_DRAFT)
    try:
        with open(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(draft, mode)
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def remove_drafts(folder: Path) -> None:
    """Remove what killed processes left unfinished; only where nobody is writing."""
    for draft in folder.glob(f"{_DRAFT}*"):
        draft.unlink(missing_ok=True)
