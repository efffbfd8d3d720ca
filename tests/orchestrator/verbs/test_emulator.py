from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from localcloud.api import Status
from orchestrator.errors import RunInProgress, UsageError
from orchestrator.verbs import emulator
from tests.orchestrator.runs.test_session import another_run


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80.5"])
def test_what_is_no_port_is_refused_before_anything_starts(tmp_path: Path, port: str) -> None:
    with pytest.raises(UsageError, match="is no port: give a number from 1 to 65535"):
        emulator.start(tmp_path, port=port)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_ends_of_the_range_are_ports(port: str) -> None:
    assert emulator._port(port) == int(port)


def test_a_run_keeps_its_local_aws(tmp_path: Path) -> None:
    with (
        another_run(tmp_path, "local"),
        pytest.raises(RunInProgress, match=r"then: \./invoke emulator\.stop$"),
    ):
        emulator.stop(tmp_path)
    with another_run(tmp_path, "dev"):  # which is on AWS
        emulator.stop(tmp_path)


def test_stopping_what_does_not_run_is_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.stop(tmp_path)
    assert capsys.readouterr().err == "Local AWS was not running\n"


def test_the_status_of_what_does_not_run_names_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.status(tmp_path, as_json=False)
    assert capsys.readouterr().out == (
        "Local AWS is not running. Start it: ./invoke emulator.start\n"
    )
    emulator.status(tmp_path, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "running": False,
        "url": None,
        "pid": None,
        "uptime_seconds": None,
        "memory_bytes": None,
        "function_workers": 0,
        "log": str(tmp_path / ".microstack" / "emulator" / "emulator.log"),
    }


def test_the_status_of_what_runs_says_where_and_what_it_uses() -> None:
    running = Status(
        running=True,
        home=Path(),
        url="http://127.0.0.1:4566",
        pid=7,
        uptime=90.0,
        memory=123_456_789,
        workers=3,
        log=Path("emulator.log"),
    )
    assert emulator._running(running) == (
        "Local AWS at http://127.0.0.1:4566 (process 7), up for 2 min, 123 MB, "
        "function workers: 3\nLog: emulator.log"
    )


def test_exports_are_for_a_shell_and_stack_files_are_there_for_the_cli(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exports = {"WORD": "it's $HOME", "AWS_REGION": "us-east-1"}
    monkeypatch.setattr(emulator, "local_exports", lambda *_, **__: exports)
    emulator.exports(checkout)
    text = capsys.readouterr().out + 'printf %s "$WORD,$AWS_REGION"'
    done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "it's $HOME,us-east-1"
    assert (checkout / "stacks" / "data" / "Pulumi.local.yaml").exists()
