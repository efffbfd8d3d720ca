from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from localcloud.engine.provider.assets import AssetUnreadable, relative_paths, with_hashes
from localcloud.engine.values.values import Archive, Asset, Secret
from tests.localcloud.engine.lab import Lab

# What the Pulumi CLI 3.260 recorded for the folder of `tree` and the archive of `mixed`.
TREE = "f582251a859ad99d123d076accbfd4659779370f9f52eb77e4d97d12177873eb"
MIXED = "983199d15fc2299af4dca4e46ea0b96a3328ab38c0eac58fefdbddb555e1aa35"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "dir" / "sub").mkdir(parents=True)
    (tmp_path / "dir" / "a.txt").write_text("hi\n")
    (tmp_path / "dir" / "sub" / "b.txt").write_text("ho\n")
    (tmp_path / "dir" / "sub-c.bin").write_text("x" * 700)
    return tmp_path


def test_hashes_of_files_and_texts_are_of_their_content(tree: Path) -> None:
    text = with_hashes(Asset("text", "hello"), "")
    assert text.hash == hashlib.sha256(b"hello").hexdigest()
    assert with_hashes(Asset("path", "dir/a.txt"), str(tree)).hash == (
        hashlib.sha256(b"hi\n").hexdigest()
    )


def test_the_hash_of_a_folder_is_the_clis(tree: Path) -> None:
    assert with_hashes(Archive("path", "dir"), str(tree)).hash == TREE


def test_the_hash_of_a_made_up_archive_is_the_clis(tree: Path) -> None:
    mixed = Archive(
        "assets",
        {
            "b": Asset("text", "bb"),
            "d": Archive("path", "dir"),
            "a/x": Asset("path", "dir/a.txt"),
        },
    )
    hashed = with_hashes({"x": [Secret(mixed)]}, str(tree))["x"][0].value
    assert hashed.hash == MIXED
    assert hashed.value["d"].hash == TREE


def test_an_archive_file_is_hashed_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"not really a zip")
    hashed = with_hashes(Archive("path", "x.zip"), str(tmp_path))
    assert hashed.hash == hashlib.sha256(b"not really a zip").hexdigest()


def test_bookkeeping_and_links_to_folders_are_left_out(tree: Path) -> None:
    (tree / "dir" / ".pulumi").mkdir()
    (tree / "dir" / ".pulumi" / "x").write_text("x")
    (tree / "dir" / "link").symlink_to(tree / "dir" / "sub")
    assert with_hashes(Archive("path", "dir"), str(tree)).hash == TREE


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Asset("path", "nowhere"), "nowhere cannot be read: No such file"),
        (Archive("path", "nowhere"), "nowhere is neither a folder nor an archive file"),
        (Asset("uri", "https://x.test/y"), "Remote assets"),
        (Archive("uri", "https://x.test/y"), "Remote archives"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, value: Asset, reason: str) -> None:
    with pytest.raises(AssetUnreadable, match=reason):
        with_hashes(value, str(tmp_path))


def test_paths_come_back_as_the_program_wrote_them() -> None:
    sent = {"a": Secret([Asset("path", "/p/x"), Archive("path", "/other/y")])}
    assert relative_paths(sent, "/p") == {
        "a": Secret([Asset("path", "x"), Archive("path", "/other/y")])
    }


def test_a_changed_file_is_a_changed_input(lab: Lab) -> None:
    (lab.folder / "code.txt").write_text("one")
    lab.up('Thing("a", code=pulumi.FileAsset("code.txt"))')
    assert lab.state("a").inputs["code"].value == "code.txt"
    assert lab.thing("a")["code"]["path"] == str(lab.folder / "code.txt")
    assert lab.up().changes == {"same": 2}

    (lab.folder / "code.txt").write_text("two")
    assert lab.up().changes == {"same": 1, "update": 1}
    assert lab.diffs == {"a": ("code",)}


def test_a_missing_file_is_one_sentence(lab: Lab) -> None:
    with pytest.raises(AssetUnreadable, match="nowhere.txt cannot be read"):
        lab.up('Thing("a", code=pulumi.FileAsset("nowhere.txt"))')
