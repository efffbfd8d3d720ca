"""The hooks of .pre-commit-config.yaml, run as pre-commit runs them: in the root, on files."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkout import LEFT_OUT, ROOT

CONFIG = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in CONFIG["repos"][0]["hooks"]}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """As much of a checkout as the hooks look at, with the tools of this one."""
    for name in ("orchestrator", "shared", ".github"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=LEFT_OUT)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    return tmp_path


def run(root: Path, hook: str, *files: str) -> int:
    names = list(files) if HOOKS[hook].get("pass_filenames", True) else []
    command = [*shlex.split(HOOKS[hook]["entry"]), *names]
    return subprocess.run(command, cwd=root, capture_output=True, check=False).returncode


def test_hooks_need_nothing_from_elsewhere() -> None:
    assert [repo["repo"] for repo in CONFIG["repos"]] == ["local"]
    assert {hook["language"] for hook in HOOKS.values()} == {"system"}


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_leaves_good_files_as_they_are(root: Path, hook: str) -> None:
    file = root / "shared" / "settings" / "text.py"
    before = file.read_text()
    assert run(root, hook, "shared/settings/text.py") == 0
    assert file.read_text() == before


def test_what_is_not_formatted_is_mended(root: Path) -> None:
    (root / "shared" / "new.py").write_text("x  =  1\n")
    assert run(root, "format", "shared/new.py") == 0
    assert (root / "shared" / "new.py").read_text() == "x = 1\n"


def test_what_cannot_be_mended_is_refused(root: Path) -> None:
    (root / "shared" / "new.py").write_text('"""New."""\n\nx = unknown\n')
    assert run(root, "lint", "shared/new.py") == 1


def test_owners_that_changed_are_written_into_codeowners(root: Path) -> None:
    owners = root / ".github" / "CODEOWNERS"
    good = owners.read_text()
    owners.write_text("* @nobody\n")
    assert run(root, "code-owners") == 0  # pre-commit itself refuses a commit that a hook changed
    assert owners.read_text() == good


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("shared/registry/layers.py", True),
        (".github/CODEOWNERS", True),
        ("tests/test_docs.py", False),
    ],
)
def test_the_owners_are_looked_at_when_they_may_have_changed(file: str, wanted: bool) -> None:
    assert bool(re.search(HOOKS["code-owners"]["files"], file)) is wanted
