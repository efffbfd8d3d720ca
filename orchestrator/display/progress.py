"""What a person sees while a run goes on.

On a terminal a live table; elsewhere (a pipe, CI) one line per stack and per noteworthy event.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import Diagnostic, Event
from orchestrator.display.console import printable, stderr_console
from orchestrator.display.lines import DONE_WORDS, MARKS, changes_text
from orchestrator.reports.report import StackReport

COLOURS = {"info": "dim", "warning": "yellow", "error": "red"}
"""Of the severities that a person sees."""
NOTHING = "nothing to do"


@dataclass
class _Row:
    """A stack's row while it is in work."""

    stack: Stack
    began: float = field(default_factory=time.monotonic)
    done: Counter[str] = field(default_factory=Counter)
    now: dict[str, str] = field(default_factory=dict)
    """URN → what is being done to it."""
    failures: set[str] = field(default_factory=set)
    """Why steps failed; a cause that many have in common is shown once."""
    report: StackReport | None = None


class Progress:
    """Shows a run; a `Watcher` that any thread may call. Use as a context manager."""

    def __init__(
        self, console: Console | None = None, words: Mapping[str, str] = DONE_WORDS
    ) -> None:
        self.console = console or stderr_console()
        self.words = words
        self._rows: dict[str, _Row] = {}
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self._live = Live(
                get_renderable=self._table, console=self.console, refresh_per_second=8
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def message(self, text: str) -> None:
        """One line above the table."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def stack_started(self, stack: Stack) -> None:
        """Open the stack's row."""
        with self._lock:
            self._rows[stack.label] = _Row(stack)
        if not self._live:
            self.message(f"  {stack.label} …")

    def stack_event(self, stack: Stack, event: Event) -> None:
        """Count a step, or print a diagnostic."""
        if isinstance(event, Diagnostic):
            self._diagnostic(stack, event)
            return
        with self._lock:
            row = self._rows[stack.label]
            if event.phase == "started":
                row.now[event.urn] = event.op
            else:
                row.now.pop(event.urn, None)
            if event.phase == "finished":
                row.done[event.op] += 1
            known = event.message in row.failures
            if event.phase == "failed" and event.message:
                row.failures.add(event.message)
        if event.phase == "failed" and not known:
            why = escape(printable(event.message))
            self.message(f"  [red]✗[/] {stack.label} {event.op} {event.name}: {why}")

    def stack_ended(self, stack: Stack, report: StackReport) -> None:
        """Close the stack's row."""
        with self._lock:
            row = self._rows.setdefault(stack.label, _Row(stack))
            row.report = report
            row.now.clear()
        if not self._live:
            self.message(_ended(stack, report, self.words))

    def _diagnostic(self, stack: Stack, event: Diagnostic) -> None:
        text = printable(event.message.strip("\n").rstrip())
        if text and event.severity in COLOURS:
            colour = COLOURS[event.severity]
            self.message(f"  [{colour}]{event.severity}[/] {stack.label}: {escape(text)}")

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        with self._lock:
            for row in self._rows.values():
                table.add_row(*_cells(row, self.words))
        return Group(table)


def _cells(row: _Row, words: Mapping[str, str]) -> tuple[RenderableType, ...]:
    if row.report:
        return (
            Text.from_markup(MARKS[row.report.result]),
            row.stack.label,
            _detail(row.report, words),
            f"{row.report.seconds:.1f} s",
        )
    busy = ", ".join(f"{op} {urn.rsplit('::', 1)[-1]}" for urn, op in list(row.now.items())[:3])
    return (
        Spinner("dots"),
        row.stack.label,
        f"{changes_text(row.done, words)}  [dim]{escape(busy)}[/]",
        f"{time.monotonic() - row.began:.1f} s",
    )


def _ended(stack: Stack, report: StackReport, words: Mapping[str, str]) -> str:
    detail = _detail(report, words)
    return f"  {MARKS[report.result]} {stack.label}: {detail} ({report.seconds:.1f} s)"


def _detail(report: StackReport, words: Mapping[str, str]) -> str:
    return changes_text(report.changes, words) or escape(report.message) or NOTHING
