"""The command line: what is typed, what is mistyped, and nothing of a person's own Invoke."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.program import program
from orchestrator.command_line.errors import NO_READER
from tests.installer.small import ROOT


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ("", ""),
        ("up data", "up data"),
        ("up --help", "--help up"),
        ("up -h", "--help up"),
        ("up data --help", "up data --help"),
        ("outputs data --json", "outputs --layer data --json"),
        ("settings data", "settings --layer data"),
        ("outputs --json", "outputs --json"),
        ("outputs --help", "--help outputs"),
        ("outputs", "outputs"),
        ("status data", "status data"),
        ("logs ingest --level x", "logs ingest --level x"),
        ("--list", "--list"),
    ],
)
def test_invoke_gets_what_it_knows(typed: str, passed: str) -> None:
    ours = program()
    ours.normalize_argv(["./invoke", *typed.split()])
    assert ours.argv == ["./invoke", *passed.split()]


def answer(capsys: pytest.CaptureFixture[str], typed: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        program().run(["./invoke", *typed.split()])
    told = capsys.readouterr()
    assert not told.out
    return int(str(end.value.code)), told.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("statsu", "There is no task 'statsu'. Did you mean status? All tasks: ./invoke --list"),
        ("deploy", "There is no task 'deploy'. Did you mean deploy-all"),
        ("config", "There is no task 'config'. Did you mean config.set or config.rm?"),
        ("config set", "Did you mean config.set or config.rm?"),
        ("xyzzy", "There is no task 'xyzzy'. All tasks: ./invoke --list"),
        ("--hlp", "There is no option '--hlp'. Did you mean --help"),
        ("--help statsu", "There is no task 'statsu'. Did you mean status?"),
        ("outputs --jsn", "outputs takes no '--jsn'. Did you mean --json"),
        ("status data", "status takes no 'data'. What it takes: ./invoke --help status"),
        ("logs ingest --level", "--level needs a value. What it takes: ./invoke --help logs"),
        ("up", "positional arguments: 'layer'. What it takes: ./invoke --help up"),
    ],
)
def test_a_slip_is_answered_in_a_sentence(
    capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    code, told = answer(capsys, typed)
    assert code == 1
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("typed", [[], ["--list"], ["--help"]])
def test_the_tasks_are_listed(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        program().run(["./invoke", *typed])
    assert not end.value.code
    assert "deploy-all" in capsys.readouterr().out


def run(*typed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "launcher"), *typed],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_a_persons_own_invoke_has_no_part_in_it(tmp_path: Path) -> None:
    (tmp_path / ".invoke.yaml").write_text("{ not yaml\n")
    done = run(
        "--list",
        HOME=str(tmp_path),
        INVOKE_RUNTIME_CONFIG=str(tmp_path / "nowhere.yaml"),
        INVOKE_DEBUG="1",
        INVOKE_TASKS_EXECUTOR_CLASS="no.such.Class",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "deploy-all" in done.stdout


def test_what_a_terminal_cannot_show_is_replaced() -> None:
    done = run("--help", "ümlaut", PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no task '?mlaut'.")


def test_a_reader_that_has_gone_is_no_failure_of_ours() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [sys.executable, str(ROOT / "launcher"), "--list"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    assert (done.returncode, done.stderr) == (NO_READER, b"")


def test_compiled_modules_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for kept in (False, True):  # True, if the user says so with PYTHONDONTWRITEBYTECODE
        monkeypatch.setattr(sys, "dont_write_bytecode", kept)
        program().parse_core(["./invoke", "status"])
        assert sys.dont_write_bytecode is kept


def test_listing_the_tasks_loads_nothing_of_what_they_need() -> None:
    looked = (
        "import sys; from launcher.program import program; program();"
        "print(*sorted({'boto3', 'pulumi', 'rich', 'pydantic', 'grpc', 'localcloud', 'shared'}"
        " & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", looked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
