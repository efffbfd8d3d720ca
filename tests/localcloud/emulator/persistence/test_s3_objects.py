"""Killed between the two files of an object, a start completes it."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.emulator.persistence import s3_objects as objects


def store(folder: Path) -> Any:
    """As MiniStack's S3 module, as far as it goes."""
    s3: Any = SimpleNamespace(DATA_DIR=str(folder))

    def write(path: str, data: bytes | str, *, text: bool = False) -> None:
        Path(path).write_bytes(data.encode() if isinstance(data, str) else data)

    def persist(bucket: str, key: str, record: dict[str, Any]) -> None:
        try:
            s3._atomic_write(str(folder / key), record["body"])
            s3._atomic_write(str(folder / f"{key}.meta.json"), record["meta"], text=True)
        except OSError:
            pass  # MiniStack only logs it

    s3._atomic_write, s3._persist_object = write, persist
    objects.install(s3)
    return s3


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_both_files_change(tmp_path: Path) -> None:
    s3 = store(tmp_path)
    s3._persist_object("b", "k", {"body": b"1", "meta": "m1"})
    s3._persist_object("b", "k", {"body": b"2", "meta": "m2"})
    assert files(tmp_path) == {"k": "2", "k.meta.json": "m2"}


@pytest.mark.parametrize("moment", range(3))
def test_killed_at_any_moment_it_is_the_old_or_the_new_one(
    tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = store(tmp_path)
    s3._persist_object("b", "k", {"body": b"1", "meta": "m1"})
    real, moves = os.replace, iter(range(9))

    def dying(source: Any, target: Any) -> None:
        if next(moves) == moment:
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", dying)
        patch.setattr(Path, "unlink", _die)
        with pytest.raises(KeyboardInterrupt):
            s3._persist_object("b", "k", {"body": b"2", "meta": "m2"})
    objects.finish(tmp_path)
    found = files(tmp_path)
    number = 1 if moment == 0 else 2  # the first move is that of the note
    assert (found["k"], found["k.meta.json"]) == (str(number), f"m{number}")
    assert not objects.note_in(tmp_path).exists()


def _die(path: Path) -> None:
    raise KeyboardInterrupt


def test_an_object_that_was_not_written_is_not_acknowledged(tmp_path: Path) -> None:
    s3 = store(tmp_path)
    with pytest.raises(OSError, match="b/no/folder"):
        s3._persist_object("b", "no/folder", {"body": b"1", "meta": "m"})
