"""Archives: the same input gives the same bytes, whatever the clock, order or umask."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from localcloud.provider.base.archives import ArchiveError, sha256_base64, zip_bytes
from localcloud.provider.base.values import ARCHIVE, ASSET, SIGNATURE


def asset(**value: Any) -> dict[str, Any]:
    return {SIGNATURE: ASSET, **value}


def archive(**value: Any) -> dict[str, Any]:
    return {SIGNATURE: ARCHIVE, **value}


def unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {info.filename: bundle.read(info) for info in bundle.infolist()}


def test_assets_of_every_kind_land_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "a.txt").write_text("deep")
    (tmp_path / "file.txt").write_text("file")
    code = archive(
        assets={
            "text.py": asset(text="print()"),
            "file.txt": asset(path="file.txt"),
            "uri.txt": asset(uri=(tmp_path / "file.txt").as_uri()),
            "python": archive(path="folder"),
            "inner": archive(assets={"x": asset(text="x")}),
        }
    )
    assert unzip(zip_bytes(code, tmp_path)) == {
        "text.py": b"print()",
        "file.txt": b"file",
        "uri.txt": b"file",
        "python/deep/a.txt": b"deep",
        "inner/x": b"x",
    }


def test_order_and_time_change_nothing(tmp_path: Path) -> None:
    for name, files in {"one": ["b", "a"], "two": ["a", "b"]}.items():
        (tmp_path / name).mkdir()
        for age, file in enumerate(files):
            path = tmp_path / name / file
            path.write_text(file)
            os.utime(path, (age * 1000, age * 1000))
    one = zip_bytes(archive(path=str(tmp_path / "one")))
    two = zip_bytes(archive(path=str(tmp_path / "two")))
    named = zip_bytes(archive(assets={"b": asset(text="b"), "a": asset(text="a")}))
    assert one == two == named


def test_content_changes_the_bytes(tmp_path: Path) -> None:
    before = zip_bytes(archive(assets={"a": asset(text="1")}))
    after = zip_bytes(archive(assets={"a": asset(text="2")}))
    assert sha256_base64(before) != sha256_base64(after)


def test_programs_stay_executable_and_nothing_else_of_the_mode_is_kept(tmp_path: Path) -> None:
    for name, mode in {"run": 0o700, "read": 0o600}.items():
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(mode)
    with zipfile.ZipFile(io.BytesIO(zip_bytes(archive(path=str(tmp_path))))) as bundle:
        modes = {info.filename: info.external_attr >> 16 for info in bundle.infolist()}
    assert modes == {"run": 0o100755, "read": 0o100644}


def test_a_zip_goes_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ready.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("x", "y")
    assert zip_bytes(archive(path="ready.zip"), tmp_path) == path.read_bytes()
    assert zip_bytes(archive(uri=path.as_uri())) == path.read_bytes()


def test_a_tar_becomes_a_zip(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("y")
    with tarfile.open(tmp_path / "code.tgz", "w:gz") as bundle:
        bundle.add(tmp_path / "x", arcname="./x")
    assert unzip(zip_bytes(archive(path="code.tgz"), tmp_path)) == {"x": b"y"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (archive(path="missing"), "cannot read .*missing"),
        (archive(assets={"a": asset(path="missing")}), "cannot read .*missing"),
        (archive(uri="ftp://example.com/x.zip"), "only file, http and https"),
        (archive(), "assets, path and uri"),
        (archive(assets={"a": asset()}), "text, path and uri"),
        (archive(assets={"a": {"no": "signature"}}), "assets and archives only"),
    ],
)
def test_what_cannot_be_read_is_named(value: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=message):
        zip_bytes(value, tmp_path)


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("plain")
    with pytest.raises(ArchiveError, match=r"plain\.txt is neither"):
        zip_bytes(archive(path="plain.txt"), tmp_path)
