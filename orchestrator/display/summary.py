"""What a person sees after a run: what was created, changed and left alone, and how fast."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestrator.display.lines import MARKS, gate_text, words_of
from orchestrator.reports.report import Report, StackReport


def print_summary(console: Console, report: Report) -> None:
    """The table after a run: what was created, changed and left alone, and how long it took."""
    if report.stacks:
        console.print(_stacks_table(report))
    for stack in report.stacks:
        if stack.message:
            named = stack.message.startswith(stack.result)
            result = "" if named else f" {stack.result}"
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
