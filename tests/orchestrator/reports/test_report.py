from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.reports.report import GateReport, Report, Result, StackReport


def report(*results: Result, gate: Result | None = None) -> Report:
    return Report(
        command="deploy-all",
        environment="local",
        deployer="embedded",
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        stacks=[
            StackReport(layer=f"layer{n}", stack="local", reason="named", result=result)
            for n, result in enumerate(results)
        ],
        gate=GateReport(result=gate, failures=["test_health: 500"]) if gate else None,
    )


def test_a_report_is_written_as_json_for_its_owner(tmp_path: Path) -> None:
    file = report(Result.SUCCEEDED).write(tmp_path / "reports")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = json.loads(file.read_text())
    assert content["format"] == "microstack.report/1"
    assert content["stacks"][0]["result"] == "succeeded"


def test_green_means_every_stack_and_the_gate() -> None:
    assert report(Result.SUCCEEDED, gate=Result.SUCCEEDED).ok
    assert not report(Result.SUCCEEDED, gate=Result.FAILED).ok
    assert not report(Result.SUCCEEDED, Result.HELD).ok


def test_the_gates_of_all_regions_are_one() -> None:
    found = report(Result.SUCCEEDED)
    urls = {"base_url": "http://a"}
    found.add_gate(GateReport(result=Result.SUCCEEDED, passed=3, seconds=1.5), urls)
    red = GateReport(result=Result.FAILED, passed=2, failed=1, seconds=2, failures=["test_x: 500"])
    found.add_gate(red, {"base_url": "http://b"}, region="us-west-2")
    assert found.gate == GateReport(
        result=Result.FAILED,
        passed=5,
        failed=1,
        seconds=3.5,
        failures=["test_x: 500 (us-west-2)"],
    )
    assert found.urls == {"base_url": "http://a", "base_url (us-west-2)": "http://b"}
    assert not found.ok
