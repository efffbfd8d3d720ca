"""Carries out an operation on every stack of a selection, each as soon as it may.

A stack starts when all that it waits for succeeded (its upstreams for `up`, its readers for
`destroy`). A failure holds what waits for it; what does not, finishes.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Protocol

from orchestrator.checkout.selection import SelectedStack, Selection
from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import Diagnostic, Event, OnEvent, Outcome, StepEvent
from orchestrator.errors import Interrupted, MicrostackError
from orchestrator.reports.report import Result, StackReport

Operation = Callable[[Stack, OnEvent], Outcome]
WaitsFor = Callable[[Stack], Iterable[Stack]]

POLL_SECONDS = 0.1
"""How often to look for Ctrl-C while stacks are being worked on."""


class Watcher(Protocol):
    """Who follows a run while it goes on (the display)."""

    def stack_started(self, stack: Stack) -> None:
        """Its operation begins."""

    def stack_event(self, stack: Stack, event: Event) -> None:
        """A step or a diagnostic of it."""

    def stack_ended(self, stack: Stack, report: StackReport) -> None:
        """Its operation ended, or was held."""


@dataclass
class Run:
    """One operation over a selection."""

    selection: Selection
    operation: Operation
    waits_for: WaitsFor
    watcher: Watcher
    cancel: Flag
    workers: int = 2
    """Stacks at once; the steps of each run in parallel of themselves."""
    reports: dict[str, StackReport] = field(default_factory=dict)

    def execute(self) -> list[StackReport]:
        """Run everything; reports stand in the order of the selection. Never raises for a stack."""
        waiting = {item.stack.label: item for item in self.selection}
        running: dict[Future[StackReport], SelectedStack] = {}
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="stack")
        with _ctrl_c_sets(self.cancel), pool:
            while waiting or running:
                for item in self._ready(waiting):
                    del waiting[item.stack.label]
                    running[pool.submit(self._run_one, item)] = item
                if not running:
                    break
                self._collect(running)
                self._hold(waiting)
        return [self.reports[item.stack.label] for item in self.selection]

    def _ready(self, waiting: dict[str, SelectedStack]) -> list[SelectedStack]:
        return [
            item
            for item in waiting.values()
            if all(
                stack.label in self.reports and self.reports[stack.label].result is Result.SUCCEEDED
                for stack in self.waits_for(item.stack)
            )
        ]

    def _collect(self, running: dict[Future[StackReport], SelectedStack]) -> None:
        done: set[Future[StackReport]] = set()
        while not done:
            done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            item = running.pop(future)
            self._record(item.stack, future.result())

    def _hold(self, waiting: dict[str, SelectedStack]) -> None:
        """Give up what can no longer start: something that it waits for did not succeed."""
        for label, item in list(waiting.items()):
            reason = self._why_held(item.stack)
            if reason:
                del waiting[label]
                report = _report(item, Result.HELD, message=reason)
                self._record(item.stack, report)
                self._hold(waiting)
                return

    def _why_held(self, stack: Stack) -> str:
        if self.cancel.is_set():
            return "interrupted before it began"
        for other in self.waits_for(stack):
            report = self.reports.get(other.label)
            if report and report.result is not Result.SUCCEEDED:
                name = other.layer.name if other.region == stack.region else other.label
                return f"{name} {report.result.value}"
        return ""

    def _record(self, stack: Stack, report: StackReport) -> None:
        self.reports[stack.label] = report
        self.watcher.stack_ended(stack, report)

    def _run_one(self, item: SelectedStack) -> StackReport:
        began = time.monotonic()
        warnings: list[str] = []
        done: Counter[str] = Counter()

        def on_event(event: Event) -> None:
            if isinstance(event, Diagnostic) and event.severity == "warning":
                warnings.append(event.message)
            if isinstance(event, StepEvent) and event.phase == "finished":
                done[event.op] += 1
            self.watcher.stack_event(item.stack, event)

        self.watcher.stack_started(item.stack)
        try:
            outcome = self.operation(item.stack, on_event)
        except MicrostackError as error:
            interrupted = isinstance(error, Interrupted)
            result = Result.INTERRUPTED if interrupted else Result.FAILED
            report = _report(item, result, message=str(error), changes=dict(done))
        else:
            report = _report(item, Result.SUCCEEDED, changes=dict(outcome.changes))
        report.seconds = round(time.monotonic() - began, 3)
        report.warnings = warnings
        return report


@contextlib.contextmanager
def _ctrl_c_sets(cancel: Flag) -> Iterator[None]:
    """Let Ctrl-C raise the flag only.

    A KeyboardInterrupt may strike anywhere, also where a thread is just being started: nobody
    would wait for that one, nor end it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are none of its business, and Python would refuse
        return
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _report(
    item: SelectedStack, result: Result, *, message: str = "", changes: dict[str, int] | None = None
) -> StackReport:
    return StackReport(
        layer=item.stack.layer.name,
        stack=item.stack.name,
        reason=item.reason,
        result=result,
        message=message,
        changes=changes or {},
    )
