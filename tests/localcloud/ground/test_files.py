from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from localcloud.ground.files import remove_drafts, replace_file


def test_a_file_is_the_owner_s_only_unless_told(tmp_path: Path) -> None:
    replace_file(tmp_path / "a", "text: ü")
    replace_file(tmp_path / "b", b"\x00", mode=0o644)
    assert (tmp_path / "a").read_text(encoding="utf-8") == "text: ü"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o644


def test_a_reader_keeps_the_old_file_and_nothing_is_left_over(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, "old")
    with path.open() as reader:
        replace_file(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["file"]


def test_a_failed_write_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    replace_file(path, "old")

    def refuse(*_: object) -> None:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(OSError, match="no"):
            replace_file(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_the_draft_stands_beside_another_folder_if_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    drafts = []
    move = os.replace

    def seen(draft: str, path: Path) -> None:
        drafts.append(Path(draft))
        move(draft, path)

    monkeypatch.setattr(os, "replace", seen)
    replace_file(folder / "file", "x", beside=tmp_path)
    assert [draft.parent for draft in drafts] == [tmp_path]


def test_drafts_of_killed_processes_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "unlink", lambda path: None)  # as if killed before it
    with pytest.raises(OSError, match=r"\.writing-"):
        replace_file(tmp_path, "x", beside=tmp_path)
    assert len(os.listdir(tmp_path)) == 1
    monkeypatch.undo()
    (tmp_path / "kept").touch()
    remove_drafts(tmp_path)
    assert os.listdir(tmp_path) == ["kept"]
