"""The gate: pytest's smoke suite against live endpoints, in a process of its own."""

from __future__ import annotations

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

from orchestrator.report import GateReport, Result

SUITE = Path("tests") / "smoke"


def run_smoke(
    root: Path,
    *,
    environment: str,
    region: str,
    outputs: Mapping[str, Mapping[str, Any]],
    process_environment: Mapping[str, str],
    log: Path,
) -> GateReport:
    """Run the suite against `outputs` (per layer); its own words go to `log` (mode 0600)."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="microstack-smoke-") as folder:
        deployed = Path(folder) / "deployed.json"
        results = Path(folder) / "results.xml"
        deployed.write_text(
            json.dumps({"environment": environment, "region": region, "outputs": outputs})
        )
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            subprocess.run(
                _command(root, results),
                cwd=root,
                env={**process_environment, "MICROSTACK_DEPLOYED": str(deployed)},
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        report = _report(results)
    report.seconds = round(time.monotonic() - began, 3)
    return report


def _command(root: Path, results: Path) -> list[str]:
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={results}"]
    return [sys.executable, "-m", "pytest", *options, str(root / SUITE)]


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
