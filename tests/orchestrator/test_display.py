from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from orchestrator.deployers.base import Diagnostic, StepEvent
from orchestrator.display import Display, changes_text, print_summary
from orchestrator.layers import Layer
from orchestrator.report import Report, Result, StackReport
from orchestrator.stacks import Environment, Stack

STACK = Stack(Layer("data", Path("data"), frozenset()), Environment.LOCAL, "local")
URN = "urn:pulumi:local::data::aws:s3/bucket:Bucket::uploads"


def console() -> Console:
    return Console(file=io.StringIO(), width=120)


def written(console: Console) -> str:
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def done(**more: object) -> StackReport:
    facts = {"layer": "data", "stack": "local", "reason": "named", "result": Result.SUCCEEDED}
    return StackReport.model_validate({**facts, **more})


def test_changes_come_before_what_stayed() -> None:
    assert changes_text({"same": 3, "create": 12, "update": 0}) == "12 created, 3 unchanged"


def test_a_pipe_gets_one_line_at_the_start_and_one_at_the_end() -> None:
    out = console()
    with Display(out) as display:
        display.stack_started(STACK)
        display.stack_ended(STACK, done(changes={"create": 2}, seconds=1.25))
    assert written(out).splitlines() == ["  data (local) …", "  ✓ data (local): 2 created (1.2 s)"]


def test_a_failed_step_names_the_resource_and_the_reason() -> None:
    out = console()
    with Display(out) as display:
        display.stack_started(STACK)
        display.stack_event(
            STACK,
            StepEvent(phase="failed", urn=URN, type="", op="create", message="[name] is taken"),
        )
    assert "create uploads: [name] is taken" in written(out)


def test_warnings_are_shown_and_remarks_are_not() -> None:
    out = console()
    with Display(out) as display:
        display.stack_started(STACK)
        display.stack_event(STACK, Diagnostic(severity="info", message="by the way"))
        display.stack_event(STACK, Diagnostic(severity="warning", message="mind the gap"))
    assert "mind the gap" in written(out)
    assert "by the way" not in written(out)


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
    row = next(line for line in written(out).splitlines() if "data (local)" in line)
    assert row.split("│")[3:8] == [
        "       2 ",
        "       · ",
        "        · ",
        "       · ",
        "         5 ",
    ]
    assert "api (local) held: compute failed" in written(out)
