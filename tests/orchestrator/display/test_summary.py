from __future__ import annotations

import io
from datetime import UTC, datetime

from rich.console import Console

from orchestrator.display.summary import print_summary
from orchestrator.reports.report import Report, Result
from tests.orchestrator.display.conftest import console, done, summary, written


def test_the_summary_counts_per_stack_and_says_why_something_was_held() -> None:
    out = console()
    held = done(layer="api", result=Result.HELD, message="compute failed")
    report = Report(
        command="deploy-all",
        environment="local",
        deployer="embedded",
        started=datetime.now(UTC),
        stacks=[done(changes={"create": 2, "same": 5}), held],
    )
    print_summary(out, report)
    row = next(line for line in written(out).splitlines() if "✓ data" in line)
    assert [cell.strip() for cell in row.split("│")[1:6]] == ["2", "·", "·", "·", "5"]
    assert "api (local) held: compute failed" in written(out)


def test_the_summary_fits_into_80_columns_with_every_name_whole() -> None:
    out = Console(file=io.StringIO(), width=80)
    counts = {"create": 147, "update": 121, "replace": 100, "delete": 100, "same": 100}
    stacks = [done(layer="network-security", changes=counts, seconds=1234.5)]
    print_summary(out, summary("deploy-all", stacks))
    assert "✓ network-security │     147 │" in written(out)
    assert "1234.5 s" in written(out)
    assert max(map(len, written(out).splitlines())) <= 80


def test_the_summary_names_the_stacks_of_each_region_together() -> None:
    out = Console(file=io.StringIO(), width=80)
    names = [("data", "local"), ("data", "local-us-west-2"), ("api", "local")]
    stacks = [done(layer=layer, stack=stack, changes={"create": 1}) for layer, stack in names]
    print_summary(out, summary("deploy-all", stacks))
    first = [line.split("│")[0].strip() for line in written(out).splitlines() if "│" in line]
    assert first == ["local", "✓ data", "✓ api", "local-us-west-2", "✓ data"]


def test_an_interruption_is_named_once() -> None:
    out = console()
    cut = done(result=Result.INTERRUPTED, message="interrupted; what was done is saved")
    print_summary(out, summary("deploy-all", [cut]))
    assert "! data (local): interrupted; what was done is saved" in written(out)
