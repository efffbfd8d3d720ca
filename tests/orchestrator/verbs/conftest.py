"""Ways for a verb to be asked, and for stacks to fail or to be interrupted."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest

from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.base import OnEvent
from orchestrator.errors import DeployFailed
from orchestrator.reports.report import GateReport, Result
from tests.orchestrator.fake_deployer import FakeDeployer
from tests.patience import PATIENCE

LAYERS = ("network", "data", "compute", "api")
"""Of the checkout, in the order of deployment."""


def dev(root: Path, layer: str = "", region: str = "") -> Target:
    """In dev, where no local AWS has a say."""
    return Target(root=root, environment=Environment.DEV, layer=layer, region=region)


def fail(stack: Stack, on_event: OnEvent, cancel: Flag) -> None:
    """What an operation comes to."""
    raise DeployFailed("the bucket is taken")


def ctrl_c_too_late(stack: Stack, on_event: OnEvent, cancel: Flag) -> None:
    """Ctrl-C when the operation is as good as done."""
    os.kill(os.getpid(), signal.SIGINT)
    assert cancel.wait(PATIENCE)


def smoke_tests(checkout: Path, source: str) -> None:
    """Give the checkout these smoke tests, to be run for real."""
    folder = checkout / "tests" / "smoke"
    folder.mkdir(parents=True)
    (folder / "test_it.py").write_text(source)


class FakeSuite:
    """Smoke tests that are green, and note among the deployer's calls what they are asked."""

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls

    def __enter__(self) -> FakeSuite:
        return self

    def __exit__(self, *_: object) -> None:
        self._calls.append("end of the suite")

    def warm(self) -> None:
        self._calls.append("warm")

    def run(self, *, environment: str, region: str, outputs: Mapping[str, Any]) -> GateReport:
        self._calls.append(f"try {sorted(outputs)} in {environment} {region}")
        return GateReport(result=Result.SUCCEEDED, passed=1)


@pytest.fixture
def suite(fake: FakeDeployer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smoke tests are fake ones."""
    monkeypatch.setattr("orchestrator.runs.session.SmokeSuite", lambda *_: FakeSuite(fake.calls))
