from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Diagnostic, StepEvent
from orchestrator.display.lines import words_of
from orchestrator.display.progress import Progress
from orchestrator.display.summary import print_summary
from tests.orchestrator.display.conftest import STACK, URN, console, done, summary, written
from tests.patience import until


def test_a_pipe_gets_one_line_at_the_start_and_one_at_the_end() -> None:
    out = console()
    with Progress(out) as progress:
        progress.stack_started(STACK)
        progress.stack_ended(STACK, done(changes={"create": 2}, seconds=1.25))
    assert written(out).splitlines() == ["  data (local) …", "  ✓ data (local): 2 created (1.2 s)"]


def test_a_failed_step_names_the_resource_and_the_reason() -> None:
    out = console()
    with Progress(out) as progress:
        progress.stack_started(STACK)
        progress.stack_event(
            STACK,
            StepEvent(phase="failed", urn=URN, type="", op="create", message="[name] is taken"),
        )
    assert "create uploads: [name] is taken" in written(out)


def test_a_cause_that_many_steps_of_a_stack_have_in_common_is_shown_once() -> None:
    out = console()
    other = Stack(Layer("api", Path("api"), frozenset()), Environment.LOCAL)
    with Progress(out) as progress:
        for stack in (STACK, other):
            progress.stack_started(stack)
            for message in ("nobody answers", "nobody answers", "a is taken"):
                progress.stack_event(
                    stack, StepEvent(phase="failed", urn=URN, type="", op="create", message=message)
                )
    text = written(out)
    assert text.count("nobody answers") == 2
    assert text.count("a is taken") == 2


def test_what_a_program_prints_is_shown_as_its_stack_s() -> None:
    out = console()
    with Progress(out) as progress:
        progress.stack_started(STACK)
        for severity, message in [
            ("info", "  indented, and [no markup]"),
            ("warning", "mind the gap\n"),
            ("info", ""),
            ("debug", "too much"),
        ]:
            progress.stack_event(STACK, Diagnostic(severity=severity, message=message))
    assert written(out).splitlines()[1:] == [
        "  info data (local):   indented, and [no markup]",
        "  warning data (local): mind the gap",
    ]


def test_on_a_terminal_what_a_program_prints_stands_above_the_table() -> None:
    out = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    with Progress(out) as progress:
        progress.stack_started(STACK)
        progress.stack_event(STACK, Diagnostic(severity="info", message="by the way"))
        progress.stack_ended(STACK, done(changes={"create": 2}, seconds=1.25))
    text = written(out)
    assert text.count("info data (local): by the way") == 1
    assert text.index("by the way") < text.index("2 created")


def test_a_preview_claims_nothing_done() -> None:
    out = console()
    planned = done(changes={"create": 2})
    with Progress(out, words_of("preview data")) as progress:
        progress.stack_started(STACK)
        progress.stack_ended(STACK, planned)
    print_summary(out, summary("preview data", [planned]))
    assert "2 to create" in written(out)
    assert "created" not in written(out)


def test_a_refresh_does_not_claim_what_somebody_else_deleted() -> None:
    out = console()
    found = done(changes={"delete": 4, "same": 1})
    with Progress(out, words_of("refresh data")) as progress:
        progress.stack_ended(STACK, found)
    print_summary(out, summary("refresh data", [found]))
    assert "4 gone, 1 unchanged" in written(out)
    assert "deleted" not in written(out)


def test_a_stack_without_changes_says_so() -> None:
    out = console()
    with Progress(out) as progress:
        progress.stack_ended(STACK, done())
    assert "data (local): nothing to do" in written(out)


def test_nothing_that_a_program_prints_steers_the_terminal() -> None:
    out = console()
    with Progress(out) as progress:
        progress.stack_started(STACK)
        text = "a\x1b[2J\x07b\tc\u202e"
        progress.stack_event(STACK, Diagnostic(severity="info", message=text))
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
    with Progress(terminal) as progress:
        progress.stack_started(STACK)
        progress.stack_event(STACK, made)
        progress.stack_event(STACK, making)
        shown = ("1 created", "create records")
        until(lambda: all(text in screen.getvalue() for text in shown), "both are shown")
        before = len(screen.getvalue())
        progress.stack_ended(STACK, done(changes={"create": 2}))
    assert "✓" in screen.getvalue()[before:]
    assert "2 created" in screen.getvalue()[before:]
