from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Diagnostic, StepEvent
from orchestrator.display.display import (
    Display,
    changes_text,
    person,
    print_summary,
    step_lines,
    words_of,
)
from orchestrator.reports.report import Report, Result, StackReport

STACK = Stack(Layer("data", Path("data"), frozenset()), Environment.LOCAL)
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


def test_a_cause_that_many_steps_of_a_stack_have_in_common_is_told_once() -> None:
    out = console()
    other = Stack(Layer("api", Path("api"), frozenset()), Environment.LOCAL)
    with Display(out) as display:
        for stack in (STACK, other):
            display.stack_started(stack)
            for message in ("nobody answers", "nobody answers", "a is taken"):
                display.stack_event(
                    stack, StepEvent(phase="failed", urn=URN, type="", op="create", message=message)
                )
    text = written(out)
    assert text.count("nobody answers") == 2
    assert text.count("a is taken") == 2


def test_what_a_program_says_is_shown_as_its_stack_s() -> None:
    out = console()
    with Display(out) as display:
        display.stack_started(STACK)
        for severity, message in [
            ("info", "  indented, and [no markup]"),
            ("warning", "mind the gap\n"),
            ("info", ""),
            ("debug", "too much"),
        ]:
            display.stack_event(STACK, Diagnostic(severity=severity, message=message))
    assert written(out).splitlines()[1:] == [
        "  info data (local):   indented, and [no markup]",
        "  warning data (local): mind the gap",
    ]


def test_on_a_terminal_what_a_program_says_stands_above_the_table() -> None:
    out = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    with Display(out) as display:
        display.stack_started(STACK)
        display.stack_event(STACK, Diagnostic(severity="info", message="by the way"))
        display.stack_ended(STACK, done(changes={"create": 2}, seconds=1.25))
    text = written(out)
    assert text.count("info data (local): by the way") == 1
    assert text.index("by the way") < text.index("2 created")


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


def test_a_preview_claims_nothing_done() -> None:
    out = console()
    planned = done(changes={"create": 2})
    with Display(out, words_of("preview data")) as display:
        display.stack_started(STACK)
        display.stack_ended(STACK, planned)
    print_summary(out, summary("preview data", [planned]))
    assert "2 to create" in written(out)
    assert "created" not in written(out)


def test_a_refresh_does_not_claim_what_somebody_else_deleted() -> None:
    out = console()
    found = done(changes={"delete": 4, "same": 1})
    with Display(out, words_of("refresh data")) as display:
        display.stack_ended(STACK, found)
    print_summary(out, summary("refresh data", [found]))
    assert "4 gone, 1 unchanged" in written(out)
    assert "deleted" not in written(out)


def test_a_stack_without_changes_says_so() -> None:
    out = console()
    with Display(out) as display:
        display.stack_ended(STACK, done())
    assert "data (local): nothing to do" in written(out)


def test_an_interruption_is_said_once() -> None:
    out = console()
    cut = done(result=Result.INTERRUPTED, message="interrupted; what was done is saved")
    print_summary(out, summary("deploy-all", [cut]))
    assert "! data (local): interrupted; what was done is saved" in written(out)


def test_an_arn_of_a_secret_is_no_emoji() -> None:
    out = person()
    out.file = io.StringIO()
    Display(out).say("arn:aws:secretsmanager:us-east-1:000000000000:secret:signing")
    assert ":secret:signing" in written(out)


def test_a_changed_property_is_no_markup() -> None:
    step = StepEvent(phase="finished", urn=URN, type="t", op="update", diff=("tags[team]",))
    out = console()
    out.print(*step_lines([step]))
    assert "tags[team]" in written(out)


def summary(command: str, stacks: list[StackReport]) -> Report:
    return Report(
        command=command,
        environment="local",
        deployer="embedded",
        started=datetime.now(UTC),
        stacks=stacks,
    )


def test_nothing_that_a_program_says_steers_the_terminal() -> None:
    out = console()
    with Display(out) as display:
        display.stack_started(STACK)
        said = "a\x1b[2J\x07b\tc\u202e"
        display.stack_event(STACK, Diagnostic(severity="info", message=said))
    assert "a\\x1b[2J\\x07b" in written(out)
    assert "\\u202e" in written(out)
    assert not {"\x1b", "\x07", "\u202e"} & set(written(out))


def test_a_terminal_shows_what_is_being_made_while_it_is_made() -> None:
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=100, emoji=False)
    made, making = (
        StepEvent(phase=phase, urn=f"urn:pulumi:local::data::t::{name}", type="t", op="create")
        for phase, name in (("finished", "uploads"), ("started", "records"))
    )
    with Display(terminal) as display:
        display.stack_started(STACK)
        display.stack_event(STACK, made)
        display.stack_event(STACK, making)
        _until(lambda: "1 created" in screen.getvalue() and "create records" in screen.getvalue())
        before = len(screen.getvalue())
        display.stack_ended(STACK, done(changes={"create": 2}))
    assert "✓" in screen.getvalue()[before:]
    assert "2 created" in screen.getvalue()[before:]


def _until(shown: Callable[[], bool], patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not shown():
        assert time.monotonic() < deadline
        time.sleep(0.02)
