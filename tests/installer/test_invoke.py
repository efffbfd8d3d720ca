"""`./invoke`, wherever it is started from: it works, or says in one sentence why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.installer.small import ROOT, Small, as_somebody

POISON = "raise SystemExit('a stranger was imported')\n"
WORKS = (0, "<x>")


@pytest.fixture
def somewhere() -> Iterator[Path]:
    """A folder that others than this user reach; tmp_path lies in a private one."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_words_arrive_as_they_were_typed(installed: Small) -> None:
    assert installed.run("logs", "a b", "*", "")[:2] == (0, "<logs><a b><*><>")


def test_only_the_first_run_installs_and_the_output_is_the_tasks_alone(small: Small) -> None:
    code, out, err = small.run("x")
    assert (code, out) == WORKS
    assert "Installing" in err
    assert small.run("x") == (0, "<x>", "")
    assert small.installations == 1


def test_a_changed_lock_is_installed(small: Small) -> None:
    small.run("x")
    small.need("requirements.lock", "tiny", "more")
    assert small.run("x")[:2] == WORKS
    assert list(small.venv.glob("lib/*/site-packages/more.py"))


def test_a_python_that_has_gone_is_replaced(small: Small) -> None:
    small.run("x")
    (small.venv / "bin" / "python").unlink()
    assert small.run("x")[:2] == WORKS


def test_a_python_that_became_another_version_is_replaced(small: Small) -> None:
    small.run("x")
    (library,) = small.venv.glob("lib/python*")
    library.rename(library.with_name("python3.0"))
    assert small.run("x")[:2] == WORKS
    assert not (small.venv / "lib" / "python3.0").exists()


def test_what_a_former_version_left_is_no_hindrance(small: Small) -> None:
    (small.venv / "bin").mkdir(parents=True)
    (small.venv / "installed.lock").write_text("a==1\n")
    (small.root / ".venv.claim").mkdir()
    (small.root / ".venv.claim" / "pid").write_text("1")
    assert small.run("x")[:2] == WORKS


def test_a_link_in_place_of_venv_is_removed_and_what_it_leads_to_is_kept(small: Small) -> None:
    theirs = small.home / "theirs"
    (theirs / "bin").mkdir(parents=True)
    small.venv.symlink_to(theirs)
    assert small.run("x")[:2] == WORKS
    assert theirs.is_dir()


def test_by_a_link_to_a_link(installed: Small) -> None:
    tools = installed.home / "tools"
    tools.mkdir()
    (tools / "real").symlink_to(Path("..") / ".." / installed.root.name / "invoke")
    (installed.home / "microstack").symlink_to(Path("tools") / "real")
    assert installed.run("x", command=str(installed.home / "microstack"))[:2] == WORKS


def test_by_a_relative_path_where_cdpath_is_set(
    installed: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installed.home / "decoy" / installed.root.name).mkdir(parents=True)
    monkeypatch.setitem(installed.extra, "CDPATH", str(installed.home / "decoy"))
    here = f"{installed.root.name}/invoke"
    assert installed.run("x", command=here, cwd=installed.root.parent)[:2] == WORKS


def test_by_the_path(installed: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(installed.extra, "PATH", f"{installed.fakes}:{installed.root}")
    assert installed.run("-c", "invoke x", command="sh")[:2] == WORKS


def test_among_modules_and_settings_of_strangers(small: Small) -> None:
    for name in ("installer", "launcher", "json", "tiny", "site"):
        (small.home / f"{name}.py").write_text(POISON)
    (small.home / "uv.toml").write_text("no-such-setting = 1\n")
    theirs = "[global]\nrequire-virtualenv = true\n[install]\nuser = true\n"
    (small.home / "pip.conf").write_text(theirs)
    small.extra |= {
        "PYTHONPATH": str(small.home),
        "PYTHONHOME": "/nowhere",
        "PYTHONSTARTUP": str(small.home / "json.py"),
        "PYTHONOPTIMIZE": "2",
        "PYTHONINSPECT": "1",
        "VIRTUAL_ENV": "/nowhere",
        "CONDA_PREFIX": "/nowhere",
        "PIP_CONFIG_FILE": str(small.home / "pip.conf"),
        "PIP_USER": "1",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_TARGET": str(small.home / "elsewhere"),
        "PIP_CONSTRAINT": "/nowhere",
        "UV_PYTHON": "3.8",
        "UV_CONSTRAINT": "/nowhere",
        "UV_PROJECT_ENVIRONMENT": "/nowhere",
    }
    code, out, err = small.run("x", cwd=small.home)
    assert (code, out) == WORKS
    assert "pip installs" not in err
    assert small.run("x", cwd=small.home) == (0, "<x>", "")
    (small.fakes / "uv-fails").touch()  # pip is told as little of that
    small.need("requirements.lock", "tiny", "more")
    assert small.run("x", cwd=small.home)[:2] == WORKS
    assert not (small.home / "elsewhere").exists()


def test_on_a_terminal_without_utf8(small: Small) -> None:
    small.extra |= {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TERM": "dumb"}
    code, out, err = small.run("x")
    assert (code, out) == WORKS
    assert "Installing" in err


def test_without_a_home_under_a_strict_umask(small: Small) -> None:
    small.extra["HOME"] = str(small.home / "not" / "there")
    assert small.run("x", umask=0o077)[:2] == WORKS
    assert list((small.root / ".venv.cache" / "uv").glob("*/uv"))
    assert (small.root / ".venv.cache" / "packages").is_dir()


def test_the_cache_folder_that_is_named_is_taken(small: Small) -> None:
    small.extra["XDG_CACHE_HOME"] = str(small.home / "caches")
    assert small.run("x")[:2] == WORKS
    assert list((small.home / "caches" / "microstack" / "uv").glob("*/uv"))


def test_without_a_new_python_the_way_out_is_named(small: Small) -> None:
    small.put("python3", '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.18 && exit\nexit 1\n')
    code, out, err = small.run("x")
    assert (code, out) == (2, "")
    assert "python3 is Python 3.9.18" in err
    assert "PYTHON=/path/to/python3 ./invoke" in err


def test_a_python_that_is_named_is_taken(small: Small) -> None:
    (small.fakes / "python3").rename(small.home / "my python")
    small.extra["PYTHON"] = str(small.home / "my python")
    assert small.run("x")[:2] == WORKS


@pytest.fixture
def other_user(somewhere: Path, real_uv: str) -> tuple[Small, dict[str, Any]]:
    """A checkout that belongs to a user without rights, and the options to be that user."""
    system = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    new = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if os.geteuid():
        pytest.skip("only root can become another user")
    if not system or subprocess.run([system, "-I", "-c", new], check=False).returncode:
        pytest.skip("needs a Python 3.11 or newer with pip that all users may start")
    small = Small.make(somewhere, str(shutil.copy(real_uv, somewhere)))
    small.put("python3", f'#!/bin/sh\nexec {system} "$@"\n')
    return small, as_somebody(somewhere)


def test_by_a_user_without_rights(other_user: tuple[Small, dict[str, Any]]) -> None:
    small, user = other_user
    assert small.run("x", **user)[:2] == WORKS
    assert small.installations == 1


def test_with_a_home_that_may_not_be_written(other_user: tuple[Small, dict[str, Any]]) -> None:
    small, user = other_user
    shutil.rmtree(small.home / ".cache")
    os.chown(small.home, 0, 0)
    assert small.run("x", **user)[:2] == WORKS
    assert (small.root / ".venv.cache").is_dir()


def test_a_home_of_somebody_else_gets_nothing(other_user: tuple[Small, dict[str, Any]]) -> None:
    small, _ = other_user
    shutil.rmtree(small.home / ".cache")  # sudo may keep HOME, and run as root
    assert small.run("x")[:2] == WORKS
    assert not (small.home / ".cache" / "microstack").exists()


def test_a_checkout_that_may_not_be_written(other_user: tuple[Small, dict[str, Any]]) -> None:
    small, user = other_user
    os.chown(small.root, 0, 0)
    code, out, err = small.run("x", **user)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "may not be written (Permission denied)" in err
    assert "clone the project into a folder of your own" in err


def test_a_finished_checkout_works_without_being_written(
    other_user: tuple[Small, dict[str, Any]],
) -> None:
    small, user = other_user
    small.run("x", **user)
    os.chown(small.root, 0, 0)
    assert small.run("x", **user) == (0, "<x>", "")


def test_a_checkout_has_line_feeds_even_where_git_converts(tmp_path: Path) -> None:
    if not shutil.which("git"):
        pytest.skip("needs git, to see how a checkout is made")
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    shutil.copy(ROOT / "invoke", tmp_path)
    git = ["git", "-c", "core.autocrlf=true", "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["rm", "-rq", "."]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    subprocess.run([*git, "checkout", "-q", "HEAD", "."], cwd=tmp_path, check=True)
    assert b"\r" not in (tmp_path / "invoke").read_bytes()
