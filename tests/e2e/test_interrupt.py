"""Ctrl-C in the middle: what is in flight is finished, what was done is saved, on it goes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.emulator import Emulator
from tests.checkout import Checkout
from tests.e2e.account import Deployed, leftover
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def clean(checkout: Checkout) -> Deployed:
    """What a run that nobody interrupts makes of two layers; all of it is destroyed again."""
    checkout.reduce("network-security", "data")
    checkout.invoke("deploy-all")
    made = Deployed.of(checkout)
    checkout.invoke("destroy-all", "--yes")
    return made


def interrupt(
    checkout: Checkout, *arguments: str, log: Path, at: str = "", when: Callable[[], bool] = bool
) -> str:
    """Press Ctrl-C when the task has said `at`, or `when` says so; returns all that it said."""
    run = checkout.start(*arguments, output=log)
    while not when() and not (at and at in log.read_text(encoding="utf-8")):
        assert run.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.005)
    os.killpg(run.pid, signal.SIGINT)
    code = run.wait(PATIENCE)
    told = log.read_text(encoding="utf-8")
    assert code == 130, told
    assert "Traceback" not in told
    assert checkout.settled() == []
    return told


@pytest.mark.parametrize(
    "at", ["network-security (local) …", "✓ network-security", "data (local) …"]
)
def test_an_interrupted_deployment_goes_on(
    checkout: Checkout, clean: Deployed, at: str, tmp_path: Path
) -> None:
    server = Emulator(checkout.home / "emulator").status().pid
    told = interrupt(checkout, "deploy-all", at=at, log=tmp_path / "log")
    assert "./invoke deploy-all" in told.strip().splitlines()[-1]
    assert Emulator(checkout.home / "emulator").status().pid == server
    assert [process.pid for process in checkout.processes()].count(server or 0) == 1
    checkout.invoke("deploy-all")
    assert clean.differences(Deployed.of(checkout)) == []
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []


def test_an_interrupted_destroy_goes_on(
    checkout: Checkout, clean: Deployed, tmp_path: Path
) -> None:
    checkout.invoke("deploy-all")
    told = interrupt(checkout, "destroy-all", "--yes", at="data (local) …", log=tmp_path / "log")
    assert "./invoke destroy-all" in told.strip().splitlines()[-1]
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []


def test_interrupted_smoke_tests_leave_what_is_deployed(
    checkout: Checkout, clean: Deployed, tmp_path: Path
) -> None:
    sign = tmp_path / "began"
    smoke = checkout.root / "tests" / "smoke" / "test_none.py"
    kept = smoke.read_text()
    smoke.write_text(
        "import pathlib, time\ndef test_long():\n"
        f"    pathlib.Path({str(sign)!r}).touch()\n    time.sleep(100_000)\n"
    )
    interrupt(checkout, "deploy-all", when=sign.exists, log=tmp_path / "log")
    smoke.write_text(kept)
    assert clean.differences(Deployed.of(checkout)) == []
    checkout.invoke("deploy-all")
    checkout.invoke("destroy-all", "--yes")


def test_the_report_says_what_was_interrupted_and_what_never_began(
    checkout: Checkout, clean: Deployed, tmp_path: Path
) -> None:
    interrupt(checkout, "deploy-all", at="network-security (local) …", log=tmp_path / "log")
    results = {stack["layer"]: stack["result"] for stack in checkout.reports()[-1]["stacks"]}
    assert results["network-security"] == "interrupted"
    assert results["data"] == "held"
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []
