"""The wrapper `./invoke`, with a package installer that only writes down that it was called."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

WRAPPER = Path(__file__).resolve().parent.parent / "invoke"
PYTHON = """#!/bin/sh
case "$1:$2" in
    -c:) ;;
    -c:*) echo "${0%/bin/python}/site" ;;
    *) shift 4; for word; do printf '<%s>' "$word"; done ;;
esac
"""  # what comes first is always: -m invoke --search-root ROOT
UV = """#!/bin/sh
for last; do :; done
if [ "$1" = venv ]; then
    mkdir -p "$last/bin" "$last/site"
    cp "$FAKES/python.sh" "$last/bin/python"
else
    echo installed >>"$FAKES/log"
    sleep "${SLOW:-0}"
    exit "${UV_EXIT:-0}"
fi
"""


@dataclass
class Wrapped:
    """A checkout that has nothing but the wrapper and a lock."""

    root: Path
    fakes: Path
    extra: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, path: str = "") -> subprocess.Popen[str]:
        path = path or f"{self.fakes}{os.pathsep}{os.environ['PATH']}"
        return subprocess.Popen(
            [str(self.root / "invoke"), *arguments],
            env={"PATH": path, "FAKES": str(self.fakes), **self.extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, path: str = "") -> tuple[int, str, str]:
        process = self.start(*arguments, path=path)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @property
    def installations(self) -> int:
        log = self.fakes / "log"
        return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def wrapped(tmp_path: Path) -> Wrapped:
    root, fakes = tmp_path / "a checkout", tmp_path / "fakes"
    root.mkdir()
    fakes.mkdir()
    shutil.copy(WRAPPER, root / "invoke")
    (root / "requirements.lock").write_text("a==1\n")
    for name, text in (("python.sh", PYTHON), ("uv", UV)):
        (fakes / name).write_text(text)
        (fakes / name).chmod(0o755)
    return Wrapped(root, fakes)


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ((), "<--list>"),
        (("up", "data"), "<up><data>"),
        (("up", "--help"), "<--help><up>"),
        (("up", "-h"), "<--help><up>"),
        (("up", "data", "--help"), "<up><data><--help>"),
        (("outputs", "data", "--json"), "<outputs><--layer><data><--json>"),
        (("settings", "data"), "<settings><--layer><data>"),
        (("outputs", "--json"), "<outputs><--json>"),
        (("outputs", "--help"), "<--help><outputs>"),
        (("outputs",), "<outputs>"),
        (("status", "data"), "<status><data>"),
        (("logs", "ingest", "--filter", "a b"), "<logs><ingest><--filter><a b>"),
    ],
)
def test_invoke_gets_what_was_typed(wrapped: Wrapped, typed: tuple[str, ...], passed: str) -> None:
    assert wrapped.run(*typed)[:2] == (0, passed)


def test_packages_are_installed_again_only_when_the_lock_changed(wrapped: Wrapped) -> None:
    first, second = wrapped.run("x"), wrapped.run("x")
    assert "Installing" in first[2]
    assert second[2] == ""
    assert wrapped.installations == 1
    (wrapped.root / "requirements.lock").write_text("a==2\n")
    wrapped.run("x")
    assert wrapped.installations == 2


def test_a_failed_installation_leaves_nothing_that_looks_done(wrapped: Wrapped) -> None:
    wrapped.extra["UV_EXIT"] = "1"
    code, _, said = wrapped.run("x")
    assert code == 1
    assert "could not be installed" in said
    assert sorted(file.name for file in wrapped.root.iterdir()) == ["invoke", "requirements.lock"]


def test_two_first_runs_install_once(wrapped: Wrapped) -> None:
    wrapped.extra["SLOW"] = "0.5"
    runs = [wrapped.start("x") for _ in range(2)]
    assert [run.communicate(timeout=60)[0] for run in runs] == ["<x>", "<x>"]
    assert wrapped.installations == 1


def test_the_claim_of_a_killed_run_is_taken_over(wrapped: Wrapped) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    claim = wrapped.root / ".venv.claim"
    claim.mkdir()
    (claim / "pid").write_text(str(ended.pid))
    assert wrapped.run("x")[:2] == (0, "<x>")
    assert not claim.exists()


def test_without_python_the_way_out_is_named(wrapped: Wrapped, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or "")
    code, _, said = wrapped.run("x", path=str(tools))
    assert code == 2
    assert "PYTHON=/path/to/python3 ./invoke" in said
