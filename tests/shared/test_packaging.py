"""Archives that are the same for the same input, and hold what the functions import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from shared import packaging
from shared.packaging import PackagingError, function_archive, layer_archive

ROOT = Path(__file__).resolve().parents[2]
JOBS = sorted(path.parent.name for path in (ROOT / "lambda_src").glob("*/handler.py"))


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the repository as a layer's program sees it: the working directory is its own."""
    shutil.copytree(ROOT / "lambda_src", tmp_path / "lambda_src")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    folder = tmp_path / "stacks" / "compute"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return tmp_path


def contents(archive: str) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_same_input_gives_the_same_bytes(program: Path) -> None:
    first = Path(layer_archive("local")).read_bytes()
    shutil.rmtree(program / ".microstack")
    for path in (program / "lambda_src").rglob("*"):
        os.utime(path, (time.time(), time.time()))
        path.chmod(0o700)
    (program / "lambda_src" / "common" / "__pycache__").mkdir(exist_ok=True)
    (program / "lambda_src" / "common" / "__pycache__" / "x.cpython-311.pyc").write_bytes(b"x")
    assert Path(layer_archive("local")).read_bytes() == first


def test_paths_are_relative_so_that_no_state_names_this_machine(program: Path) -> None:
    paths = [layer_archive("local"), *function_archive("process").values()]
    assert all(path.startswith("../../") and Path(path).is_file() for path in paths)


def test_an_unchanged_layer_is_not_built_again(program: Path) -> None:
    archive = Path(layer_archive("local"))
    before = archive.stat().st_mtime_ns
    assert layer_archive("local") == archive.as_posix()
    assert archive.stat().st_mtime_ns == before


@pytest.mark.parametrize("change", ["source", "pin"])
def test_a_change_of_source_or_pin_is_another_archive(program: Path, change: str) -> None:
    before = layer_archive("local")
    if change == "source":
        (program / "lambda_src" / "common" / "new.py").write_text("NEW = 1\n")
        assert contents(layer_archive("local"))["python/common/new.py"] == b"NEW = 1\n"
    else:
        lock = program / "requirements.lock"
        text = lock.read_text()
        entry = packaging._pin("fastjsonschema", lock)
        lock.write_text(text.replace(entry, entry.replace("--hash=sha256:", "--hash=sha256:0", 1)))
    assert layer_archive("local") != before


def test_the_layer_holds_the_common_package_and_what_it_imports(program: Path) -> None:
    names = set(contents(layer_archive("local")))
    assert {"python/common/edge.py", "python/common/schemas/Record.json"} <= names
    assert "python/fastjsonschema/__init__.py" in names
    assert not [name for name in names if "__pycache__" in name or ".dist-info" in name]


@pytest.mark.parametrize("job", JOBS)
def test_a_handler_is_importable_from_its_archives_alone(program: Path, job: str) -> None:
    target = program / "unpacked"
    with zipfile.ZipFile(layer_archive("local")) as archive:
        archive.extractall(target)
    for name, path in function_archive(job).items():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    code = f"from {job}.handler import handler; assert callable(handler); import common"
    found = subprocess.run(
        [sys.executable, "-c", code + "; print(common.__file__)"],
        cwd=target,
        env={"PYTHONPATH": f"{target / 'python'}:{target}", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith(str(target))


def test_an_unknown_function_is_named(program: Path) -> None:
    with pytest.raises(PackagingError, match="'nope'"):
        function_archive("nope")


def test_a_version_other_than_the_locked_one_is_refused(program: Path) -> None:
    lock = program / "requirements.lock"
    lock.write_text(lock.read_text().replace("fastjsonschema==", "fastjsonschema==9."))
    with pytest.raises(PackagingError, match=r"requirements\.lock has 9\."):
        layer_archive("local")


def test_an_unlocked_package_is_refused(program: Path) -> None:
    (program / "requirements.lock").write_text("boto3==1.0 \\\n    --hash=sha256:00\n")
    with pytest.raises(PackagingError, match="no hashed entry of fastjsonschema"):
        layer_archive("local")


@pytest.mark.slow  # downloads the wheels from the package index
def test_the_layer_of_aws_is_made_of_wheels_with_the_locked_hashes(program: Path) -> None:
    assert contents(layer_archive("aws")) == contents(layer_archive("local"))
    lock = program / "requirements.lock"
    entry = packaging._pin("fastjsonschema", lock)
    wrong = "".join(
        line.split("sha256:")[0] + "sha256:" + "0" * 64 + (" \\\n" if "\\" in line else "\n")
        if "sha256:" in line
        else line
        for line in entry.splitlines(keepends=True)
    )
    lock.write_text(lock.read_text().replace(entry, wrong))
    with pytest.raises(PackagingError, match="Cannot download"):
        layer_archive("aws")
