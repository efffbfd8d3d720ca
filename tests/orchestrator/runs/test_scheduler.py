from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from orchestrator.checkout.layers import discover
from orchestrator.checkout.selection import Selection, every_layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Diagnostic, Event, OnEvent, Outcome, StepEvent
from orchestrator.errors import DeployFailed, Interrupted
from orchestrator.reports.report import Result, StackReport
from orchestrator.runs.scheduler import Run
from tests.orchestrator.conftest import SOURCES, write_stack_file
from tests.patience import PATIENCE

Act = Callable[[Stack, OnEvent], Outcome]


class Quiet:
    """A watcher that remembers the order in which stacks ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def stack_started(self, stack: Stack) -> None: ...

    def stack_event(self, stack: Stack, event: Event) -> None: ...

    def stack_ended(self, stack: Stack, report: StackReport) -> None:
        self.ended.append(stack.layer.name)


@pytest.fixture
def selection(checkout: Path) -> Selection:
    return every_layer(discover(checkout), Environment.LOCAL)


def execute(
    selection: Selection, act: Act, waits_for: Callable[[Stack], Iterable[Stack]] | None = None
) -> tuple[dict[str, StackReport], list[str]]:
    watcher = Quiet()
    run = Run(selection, act, waits_for or selection.upstream, watcher, threading.Event())
    return {report.layer: report for report in run.execute()}, watcher.ended


def test_upstreams_come_first(selection: Selection) -> None:
    reports, ended = execute(selection, lambda stack, on_event: Outcome(changes={"create": 1}))
    assert ended == ["network", "data", "compute", "api"]
    assert all(report.result is Result.SUCCEEDED for report in reports.values())
    assert reports["data"].changes == {"create": 1}


def test_readers_go_first_when_the_walk_is_upward(selection: Selection) -> None:
    _, ended = execute(selection, lambda stack, on_event: Outcome(), selection.downstream)
    assert ended == ["api", "compute", "data", "network"]


def test_a_failure_holds_its_readers_and_names_the_cause(selection: Selection) -> None:
    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        if stack.layer.name == "data":
            raise DeployFailed("the table is in use")
        return Outcome()

    reports, _ = execute(selection, act)
    assert reports["network"].result is Result.SUCCEEDED
    assert reports["data"].message == "the table is in use"
    assert reports["compute"].result is Result.HELD
    assert reports["compute"].message == "data failed"
    assert reports["api"].message == "compute held"


def test_a_failure_in_one_region_holds_nothing_of_another(checkout: Path) -> None:
    for layer in SOURCES:
        write_stack_file(checkout, layer, "local-us-west-2", "aws:region: us-west-2")
    selection = every_layer(discover(checkout), Environment.LOCAL)

    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        if stack.label == "network (local-us-west-2)":
            raise DeployFailed("no such key")
        return Outcome()

    run = Run(selection, act, selection.upstream, Quiet(), threading.Event())
    results = {(report.layer, report.stack): report for report in run.execute()}
    assert results["api", "local"].result is Result.SUCCEEDED
    assert results["data", "local-us-west-2"].message == "network failed"
    assert results["api", "local-us-west-2"].result is Result.HELD


def test_what_waits_for_another_region_names_it(checkout: Path) -> None:
    write_stack_file(checkout, "network", "local-us-west-2", "aws:region: us-west-2")
    write_stack_file(checkout, "data", "local", "data:replica_regions: [us-west-2]")
    selection = every_layer(discover(checkout), Environment.LOCAL)

    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        if stack.region == "us-west-2":
            raise DeployFailed("no such key")
        return Outcome()

    reports, _ = execute(selection, act)
    assert reports["data"].message == "network (local-us-west-2) failed"


def test_an_interrupt_ends_the_run_without_starting_more(selection: Selection) -> None:
    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        raise Interrupted("interrupted")

    reports, _ = execute(selection, act)
    assert reports["network"].result is Result.INTERRUPTED
    assert reports["api"].result is Result.HELD


@pytest.mark.parametrize("repeated", range(20))
def test_ctrl_c_reaches_the_stacks_wherever_it_strikes(selection: Selection, repeated: int) -> None:
    """The stack's thread is hardly born when it happens: an exception would lose the thread."""
    watcher, cancel = Quiet(), threading.Event()

    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.wait(PATIENCE)
        raise Interrupted("interrupted")

    reports = Run(selection, act, selection.upstream, watcher, cancel).execute()
    results = {report.layer: report.result for report in reports}
    assert results["network"] is Result.INTERRUPTED
    assert results["api"] is Result.HELD
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_warnings_are_kept_in_the_report(selection: Selection) -> None:
    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        on_event(Diagnostic(severity="info", message="by the way"))
        on_event(Diagnostic(severity="warning", message="deprecated"))
        on_event(StepEvent(phase="failed", urn="u", type="t", op="create", message="taken"))
        return Outcome()

    reports, _ = execute(selection, act)
    assert reports["data"].warnings == ["deprecated"]


def test_independent_stacks_run_at_the_same_time(selection: Selection) -> None:
    together = threading.Barrier(2, timeout=PATIENCE)

    def act(stack: Stack, on_event: OnEvent) -> Outcome:
        if stack.layer.name in ("network", "data"):
            together.wait()
        return Outcome()

    reports, _ = execute(selection, act, lambda stack: ())
    assert reports["data"].result is Result.SUCCEEDED


@pytest.mark.parametrize("result", Result)
def test_only_what_succeeded_lets_its_reader_start(selection: Selection, result: Result) -> None:
    run = Run(selection, _unused, selection.upstream, Quiet(), threading.Event())
    (network, *_) = selection
    waiting = {item.stack.label: item for item in selection if item is not network}
    assert run._ready(waiting) == []
    run.reports[network.stack.label] = StackReport(
        layer="network", stack="local", reason="named", result=result
    )
    ready = [item.stack.layer.name for item in run._ready(waiting)]
    assert ready == (["data"] if result is Result.SUCCEEDED else [])


def _unused(stack: Stack, on_event: OnEvent) -> Outcome:
    raise NotImplementedError
