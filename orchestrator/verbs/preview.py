"""`preview`: what `up` would do to one layer, and nothing done."""

from __future__ import annotations

import json

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.base import Event, OnEvent, Outcome, StepEvent
from orchestrator.display.lines import step_lines
from orchestrator.reports.report import Report
from orchestrator.runs.session import Session


def preview(target: Target, *, as_json: bool = False) -> None:
    """Show what `up` would do to one layer."""
    session = Session("preview", target)
    with session.open(runs=True) as cloud:
        steps: list[StepEvent] = []
        plan = session.cancellable(cloud.deployer.preview)

        def operation(stack: Stack, on_event: OnEvent) -> Outcome:
            def keep(event: Event) -> None:
                if isinstance(event, StepEvent) and event.phase == "finished":
                    steps.append(event)
                on_event(event)

            return plan(stack, keep)

        report = session.run(cloud.deployer, operation)
        report.seconds = session.seconds()
        if as_json:
            print(_json(report, steps))
        else:
            for line in step_lines(steps):
                session.message(line)
        session.finish(report)


def _json(report: Report, steps: list[StepEvent]) -> str:
    changes = [
        {"urn": step.urn, "type": step.type, "op": step.op, "diff": list(step.diff)}
        for step in steps
    ]
    return json.dumps({**report.model_dump(mode="json"), "steps": changes}, indent=2)
