from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from localcloud.engine.errors import StateNotWritten
from localcloud.engine.state.files import make_private_folder, write_atomically


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_are_the_owner_s_only(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_atomically(path, b"x")
    assert path.read_bytes() == b"x"
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == mode_of(path.parent.parent) == 0o700


def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "new")
    assert mode_of(tmp_path) == 0o755


def test_a_reader_keeps_the_old_file_and_nothing_is_left_over(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with path.open("rb") as reader:
        write_atomically(path, b"new", mode=0o644)
        assert reader.read() == b"old"
    assert os.listdir(tmp_path) == ["file"]
    assert path.read_bytes() == b"new"
    assert mode_of(path) == 0o644


def test_a_failed_write_leaves_everything_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    (target / "inside").mkdir(parents=True)
    with pytest.raises(StateNotWritten, match="intact"):
        write_atomically(target, b"x")  # a folder cannot be replaced by a file
    assert os.listdir(tmp_path) == ["folder"]
    assert (target / "inside").is_dir()
