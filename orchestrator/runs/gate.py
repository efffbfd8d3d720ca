"""The gate: pytest's smoke suite against live endpoints, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.reports.report import GateReport, Result

SUITE = Path("tests") / "smoke"


RUNNER = """
import os, sys, threading

import boto3, pytest  # while the last layer is still being deployed

word = os.fdopen(os.dup(0))  # pytest takes stdin away

def end_with_the_run():
    word.read()
    os._exit(1)

class Waiting:
    def pytest_runtestloop(self):  # all is imported and collected
        if not word.readline():
            return True  # there is nothing to run
        threading.Thread(target=end_with_the_run, daemon=True).start()

sys.exit(pytest.main(sys.argv[1:], plugins=[Waiting()]))
"""


class SmokeSuite:
    """The suite in a process of its own; its own words go to `log` (mode 0600).

    A context manager: what was warmed and never run ends with it.
    """

    def __init__(self, root: Path, process_environment: Mapping[str, str], log: Path) -> None:
        self._root = root
        self._log = log
        self._folder = tempfile.TemporaryDirectory(prefix="microstack-smoke-")
        self._deployed = Path(self._folder.name) / "deployed.json"
        self._results = Path(self._folder.name) / "results.xml"
        self._environment = {**process_environment, "MICROSTACK_DEPLOYED": str(self._deployed)}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SmokeSuite:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.communicate()  # closes its stdin: nothing to run
        self._folder.cleanup()

    def warm(self) -> None:
        """Start the process, which loads its libraries, collects the checks and waits."""
        self._results.unlink(missing_ok=True)  # of another region
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        command = [sys.executable, "-c", RUNNER, *options, f"--junitxml={self._results}"]
        with os.fdopen(
            os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as log:
            self._process = subprocess.Popen(
                [*command, str(self._root / SUITE)],
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def run(
        self, *, environment: str, region: str, outputs: Mapping[str, Mapping[str, Any]]
    ) -> GateReport:
        """Run the checks against the `outputs` of each layer."""
        began = time.monotonic()
        facts = {"environment": environment, "region": region, "outputs": outputs}
        self._deployed.write_text(json.dumps(facts), encoding="utf-8")
        if self._process is None:
            self.warm()
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: the missing results say so
            self._process.stdin.write(b"run\n")
            self._process.stdin.flush()
        self._process.wait()  # with its stdin open: it ends when this process is killed
        self._process.communicate()
        self._process = None
        report = _report(self._results)
        report.seconds = round(time.monotonic() - began, 3)
        return report


def _report(results: Path) -> GateReport:
    """Counts from pytest's JUnit file; no file means that pytest itself did not start."""
    if not results.exists():
        return GateReport(result=Result.FAILED, failures=["the smoke suite did not start"])
    cases = list(ET.parse(results).getroot().iter("testcase"))
    red = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    passed = len(cases) - len(red) - len(skipped)
    return GateReport(
        result=Result.FAILED if red or not passed else Result.SUCCEEDED,
        passed=passed,
        failed=len(red),
        skipped=len(skipped),
        failures=[_failure(case) for case in red],
    )


def _failure(case: ET.Element) -> str:
    problem = next(found for name in ("failure", "error") if (found := case.find(name)) is not None)
    reason = (problem.get("message") or "").strip().splitlines()
    return f"{case.get('name')}: {reason[0] if reason else 'failed'}"
