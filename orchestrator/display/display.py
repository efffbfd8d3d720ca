"""What a person sees while a run goes on, and after it.

On a terminal a live table; elsewhere (a pipe, CI) one line per stack and per noteworthy event.
Everything goes to standard error, so that `--json` on standard output stays clean.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import QUIET_OPS, Diagnostic, Event, StepEvent
from orchestrator.reports.report import GateReport, Report, Result, StackReport

MARKS = {
    Result.SUCCEEDED: "[green]✓[/]",
    Result.FAILED: "[red]✗[/]",
    Result.HELD: "[yellow]–[/]",
    Result.INTERRUPTED: "[yellow]![/]",
}
DONE_WORDS = {
    "same": "unchanged",
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "read": "read",
    "refresh": "refreshed",
    "import": "imported",
    "discard": "forgotten",
}
PLANNED_WORDS = {
    "same": "unchanged",
    "create": "to create",
    "update": "to update",
    "replace": "to replace",
    "delete": "to delete",
    "import": "to import",
}
COLOURS = {"info": "dim", "warning": "yellow", "error": "red"}
"""Severities that a person is told of."""
FOUND_WORDS = {**DONE_WORDS, "delete": "gone"}
"""Of a refresh: what was deleted by somebody else is missing, the refresh deletes nothing."""
NOTHING = "nothing to do"
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and newline, and those that turn the direction of writing."""


@dataclass
class _Line:
    """A stack's row while it is in work."""

    stack: Stack
    began: float = field(default_factory=time.monotonic)
    done: Counter[str] = field(default_factory=Counter)
    now: dict[str, str] = field(default_factory=dict)
    """URN → what is being done to it."""
    told: set[str] = field(default_factory=set)
    """Why steps failed; a cause that many have in common is told once."""
    report: StackReport | None = None


def person() -> Console:
    """Standard error; an ARN's `:secret:` is no emoji there."""
    return Console(stderr=True, emoji=False)


def visible(text: str) -> str:
    """The text with what would steer the terminal written out, e.g. an escape as `\\x1b`."""
    return STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


@contextlib.contextmanager
def busy(console: Console, text: str) -> Iterator[None]:
    """Say that something goes on: while it does on a terminal, once elsewhere."""
    if console.is_terminal:
        with console.status(text):
            yield
    else:
        console.print(f"  {text}", highlight=False, soft_wrap=True)
        yield


def words_of(command: str) -> Mapping[str, str]:
    """How a command's operations are told, e.g. those of `preview data`."""
    return {"preview": PLANNED_WORDS, "refresh": FOUND_WORDS}.get(command.split()[0], DONE_WORDS)


class Display:
    """Shows a run; a `Watcher` that may be told from any thread. Use as a context manager."""

    def __init__(
        self, console: Console | None = None, words: Mapping[str, str] = DONE_WORDS
    ) -> None:
        self.console = console or person()
        self.words = words
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __enter__(self) -> Display:
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

    def say(self, text: str) -> None:
        """One line above the table."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def stack_started(self, stack: Stack) -> None:
        """Open the stack's row."""
        with self._lock:
            self._lines[stack.label] = _Line(stack)
        if not self._live:
            self.say(f"  {stack.label} …")

    def stack_event(self, stack: Stack, event: Event) -> None:
        """Count a step, or print a diagnostic."""
        if isinstance(event, Diagnostic):
            self._diagnostic(stack, event)
            return
        with self._lock:
            line = self._lines[stack.label]
            if event.phase == "started":
                line.now[event.urn] = event.op
            else:
                line.now.pop(event.urn, None)
            if event.phase == "finished":
                line.done[event.op] += 1
            known = event.message in line.told
            if event.phase == "failed" and event.message:
                line.told.add(event.message)
        if event.phase == "failed" and not known:
            why = escape(visible(event.message))
            self.say(f"  [red]✗[/] {stack.label} {event.op} {event.name}: {why}")

    def stack_ended(self, stack: Stack, report: StackReport) -> None:
        """Close the stack's row."""
        with self._lock:
            line = self._lines.setdefault(stack.label, _Line(stack))
            line.report = report
            line.now.clear()
        if not self._live:
            self.say(_ended(stack, report, self.words))

    def _diagnostic(self, stack: Stack, event: Diagnostic) -> None:
        message = visible(event.message.strip("\n").rstrip())
        if message and event.severity in COLOURS:
            colour = COLOURS[event.severity]
            self.say(f"  [{colour}]{event.severity}[/] {stack.label}: {escape(message)}")

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        with self._lock:
            for line in self._lines.values():
                table.add_row(*_row(line, self.words))
        return Group(table)


def _row(line: _Line, words: Mapping[str, str]) -> tuple[RenderableType, ...]:
    if line.report:
        return (
            Text.from_markup(MARKS[line.report.result]),
            line.stack.label,
            _detail(line.report, words),
            f"{line.report.seconds:.1f} s",
        )
    busy = ", ".join(f"{op} {urn.rsplit('::', 1)[-1]}" for urn, op in list(line.now.items())[:3])
    return (
        Spinner("dots"),
        line.stack.label,
        f"{changes_text(line.done, words)}  [dim]{escape(busy)}[/]",
        f"{time.monotonic() - line.began:.1f} s",
    )


def _ended(stack: Stack, report: StackReport, words: Mapping[str, str]) -> str:
    detail = _detail(report, words)
    return f"  {MARKS[report.result]} {stack.label}: {detail} ({report.seconds:.1f} s)"


def _detail(report: StackReport, words: Mapping[str, str]) -> str:
    return changes_text(report.changes, words) or escape(report.message) or NOTHING


def changes_text(changes: Mapping[str, int], words: Mapping[str, str] = DONE_WORDS) -> str:
    """`12 created, 3 unchanged`; changes first."""
    ordered = sorted(changes.items(), key=lambda item: (item[0] in QUIET_OPS, item[0]))
    return ", ".join(f"{count} {words.get(op, op)}" for op, count in ordered if count)


def print_summary(console: Console, report: Report) -> None:
    """The table after a run: what was created, changed and left alone, and how long it took."""
    if report.stacks:
        console.print(_stacks_table(report))
    for stack in report.stacks:
        if stack.message:
            said = stack.message.startswith(stack.result)
            result = "" if said else f" {stack.result}"
            console.print(
                f"{MARKS[stack.result]} {stack.layer} ({stack.stack}){result}: "
                f"{escape(stack.message)}",
                highlight=False,
                soft_wrap=True,
            )
    if report.gate:
        console.print(gate_text(report.gate), highlight=False)
    console.print(f"{report.seconds:.1f} s in all", highlight=False)


def _stacks_table(report: Report) -> Table:
    """Without edges, and the environment in the title alone: so it fits into 80 columns."""
    table = Table(
        title=f"{report.command} · {report.environment} · {report.deployer}",
        show_edge=False,
        pad_edge=False,
    )
    table.add_column("layer", no_wrap=True)
    for heading in _headings(report):
        table.add_column(heading, justify="right", no_wrap=True)
    several = len({stack.stack for stack in report.stacks}) > 1
    for name, stacks in _by_name(report.stacks).items():
        if several:
            table.add_row(f"[italic]{name}[/]")
        for stack in stacks:
            table.add_row(f"{MARKS[stack.result]} {stack.layer}", *_cells(stack))
    return table


def _by_name(stacks: Iterable[StackReport]) -> dict[str, list[StackReport]]:
    """The stacks of each region together: stack name → stacks, in their order."""
    found: dict[str, list[StackReport]] = {}
    for stack in stacks:
        found.setdefault(stack.stack, []).append(stack)
    return found


def _headings(report: Report) -> Iterable[str]:
    if report.command.startswith("preview"):
        return ("create", "update", "replace", "delete", "same", "time")
    deleted = words_of(report.command)["delete"]
    return ("created", "updated", "replaced", deleted, "same", "time")


def _cells(stack: StackReport) -> Iterable[str]:
    for op in ("create", "update", "replace", "delete", "same"):
        yield str(stack.changes.get(op) or "·")
    yield f"{stack.seconds:.1f} s"


def gate_text(gate: GateReport) -> str:
    """One line about the smoke checks."""
    skipped = f", {gate.skipped} skipped" if gate.skipped else ""
    return (
        f"{MARKS[gate.result]} smoke tests: {gate.passed} passed, {gate.failed} failed{skipped} "
        f"({gate.seconds:.1f} s)"
    )


def step_lines(events: Iterable[StepEvent]) -> Iterable[str]:
    """One line per resource that an operation changes, for previews."""
    signs = {"create": "[green]+[/]", "delete": "[red]-[/]", "update": "[yellow]~[/]"}
    for event in events:
        if event.op not in QUIET_OPS:
            sign = signs.get(event.op, "[magenta]±[/]")
            diff = f" [dim]({escape(', '.join(event.diff))})[/]" if event.diff else ""
            yield f"    {sign} {event.op} {event.type} {escape(event.name)}{diff}"
