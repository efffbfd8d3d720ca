"""Consoles that remember, and reports to show on them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
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


def summary(command: str, stacks: list[StackReport]) -> Report:
    return Report(
        command=command,
        environment="local",
        deployer="embedded",
        started=datetime.now(UTC),
        stacks=stacks,
    )
