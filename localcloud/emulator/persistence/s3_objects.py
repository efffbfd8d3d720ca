"""S3 objects on disk: the old one or the new one, whenever the server is killed.

MiniStack keeps an object in two files, body and metadata, each replaced in one step; killed between
the two, it would serve the new body with the old length. Here both are written aside, what is about
to happen is noted, and only then are they put in place; a start finishes what was noted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from localcloud.ground.files import replace_file

Pair = tuple[str, str]
"""A file written aside, and where it goes."""


def note_in(folder: Path) -> Path:
    """Where the object being put in place is noted; MiniStack takes only folders for buckets."""
    return folder / "pending.json"


def finish(folder: Path) -> None:
    """Put in place what a killed server had written aside; before MiniStack reads its objects."""
    note = note_in(folder)
    if note.exists():
        _place([(aside, place) for aside, place in json.loads(note.read_text(encoding="utf-8"))])
        note.unlink()


def install(s3: ModuleType) -> None:
    """Make MiniStack's object files change together."""
    files = ObjectFiles(s3._persist_object, s3._atomic_write, note_in(Path(s3.DATA_DIR)))
    vars(s3).update(_persist_object=files.persist, _atomic_write=files.write)


class ObjectFiles:
    """Stands in for two functions of MiniStack's S3, whose handlers run one at a time."""

    def __init__(
        self, persist: Callable[..., None], write: Callable[..., None], note: Path
    ) -> None:
        self._persist = persist
        self._write = write
        self._note = note
        self._pending: list[Pair] | None = None

    def write(self, path: str, data: bytes | str, *, text: bool = False) -> None:
        """Write a file: at once, or aside while an object is being saved."""
        if self._pending is None:
            self._write(path, data, text=text)
            return
        aside = path + ".tmp"
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        self._pending.append((aside, path))

    def persist(self, bucket: str, key: str, record: Any) -> None:
        """Save an object; raises OSError where MiniStack would only log that it is not saved."""
        self._pending = []
        try:
            self._persist(bucket, key, record)
            pairs = self._pending
        finally:
            self._pending = None
        if not pairs or not pairs[-1][1].endswith(".meta.json"):
            raise OSError(f"the object {bucket}/{key} could not be written")
        self._commit(pairs)

    def _commit(self, pairs: list[Pair]) -> None:
        if len(pairs) > 1:
            replace_file(self._note, json.dumps(pairs))
        _place(pairs)
        if len(pairs) > 1:
            self._note.unlink()


def _place(pairs: list[Pair]) -> None:
    for aside, place in pairs:
        if os.path.exists(aside):
            os.replace(aside, place)
