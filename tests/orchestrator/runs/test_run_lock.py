from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import RunInProgress
from orchestrator.runs.run_lock import RunRecord, hold_run_lock, refuse_if_running

ALL = RunRecord(command="deploy-all", environment="local", whole=True)
ONE = RunRecord(command="up data", environment="local", whole=False)
ELSEWHERE = RunRecord(command="deploy-all", environment="dev", whole=True)
RUN = """
import sys
from pathlib import Path
from orchestrator.runs.run_lock import RunRecord, hold_run_lock
from orchestrator.checkout.workspace import Workspace
work = RunRecord(command=sys.argv[2], environment="local", whole=sys.argv[2] == "deploy-all")
with hold_run_lock(Workspace(Path(sys.argv[1])), work, again=""):
    print("at work", flush=True)
    sys.stdin.read()
"""


@contextmanager
def running(root: Path, command: str) -> Iterator[subprocess.Popen[str]]:
    """Another process at work."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(root), command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        yield process


def begin(root: Path, work: RunRecord) -> None:
    with hold_run_lock(Workspace(root), work, again=f"./invoke {work.command}"):
        pass


@pytest.mark.parametrize(
    ("theirs", "mine"), [("deploy-all", ALL), ("deploy-all", ONE), ("up x", ALL)]
)
def test_a_run_over_all_layers_tolerates_no_other(
    tmp_path: Path, theirs: str, mine: RunRecord
) -> None:
    with running(tmp_path, theirs) as process:
        with pytest.raises(RunInProgress) as error:
            begin(tmp_path, mine)
        assert str(error.value) == (
            f"./invoke {theirs} is running on local (process {process.pid}). Wait until it "
            f"ends, or stop it with Ctrl-C; then: ./invoke {mine.command}"
        )
        with pytest.raises(RunInProgress):
            refuse_if_running(Workspace(tmp_path), "local", again="")
        begin(tmp_path, ELSEWHERE)
    begin(tmp_path, mine)
    refuse_if_running(Workspace(tmp_path), "local", again="")


def test_single_layers_are_worked_on_side_by_side(tmp_path: Path) -> None:
    with running(tmp_path, "up x"):
        begin(tmp_path, ONE)


def test_a_killed_run_is_in_nobodys_way(tmp_path: Path) -> None:
    with running(tmp_path, "deploy-all") as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        begin(tmp_path, ALL)
    assert list((tmp_path / ".microstack" / "running").glob("*.json")) == []


def test_what_others_left_there_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = tmp_path / ".microstack" / "running"
    (folder / "5.json").mkdir(parents=True)
    with (folder / "6.json").open("w") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        begin(tmp_path, ALL)
