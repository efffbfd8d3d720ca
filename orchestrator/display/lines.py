"""How results, changes and steps are worded: the lines that progress and summary have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.markup import escape

from orchestrator.deployers.base import QUIET_OPS, StepEvent
from orchestrator.reports.report import GateReport, Result

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
FOUND_WORDS = {**DONE_WORDS, "delete": "gone"}
"""Of a refresh: what was deleted by somebody else is missing, the refresh deletes nothing."""


def words_of(command: str) -> Mapping[str, str]:
    """How a command's operations are worded, e.g. those of `preview data`."""
    return {"preview": PLANNED_WORDS, "refresh": FOUND_WORDS}.get(command.split()[0], DONE_WORDS)


def changes_text(changes: Mapping[str, int], words: Mapping[str, str] = DONE_WORDS) -> str:
    """`12 created, 3 unchanged`; changes first."""
    ordered = sorted(changes.items(), key=lambda item: (item[0] in QUIET_OPS, item[0]))
    return ", ".join(f"{count} {words.get(op, op)}" for op, count in ordered if count)


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
