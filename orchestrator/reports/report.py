"""What happened, as data: the one source of the summary table, `--json` and the report file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


class Result(StrEnum):
    """How a stack or a gate ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    HELD = "held"
    """Not started, because something that it needs failed."""
    INTERRUPTED = "interrupted"


class StackReport(BaseModel):
    """One stack's part of a run."""

    layer: str
    stack: str
    reason: str = Field(description="why the stack was in the selection")
    result: Result
    changes: dict[str, int] = Field(default_factory=dict, description="resources per operation")
    seconds: float = 0.0
    message: str = Field(default="", description="why it failed or was held")
    warnings: list[str] = Field(default_factory=list)


class GateReport(BaseModel):
    """The smoke checks of a run."""

    result: Result
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    failures: list[str] = Field(default_factory=list, description="names of the red checks")

    def plus(self, other: GateReport) -> GateReport:
        """Both as one: red if one of them is."""
        red = Result.FAILED in (self.result, other.result)
        return GateReport(
            result=Result.FAILED if red else Result.SUCCEEDED,
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            skipped=self.skipped + other.skipped,
            seconds=round(self.seconds + other.seconds, 3),
            failures=self.failures + other.failures,
        )


class Report(BaseModel):
    """A whole run."""

    format: Literal["microstack.report/1"] = "microstack.report/1"
    command: str
    environment: str
    deployer: str
    started: datetime
    seconds: float = 0.0
    stacks: list[StackReport] = Field(default_factory=list)
    gate: GateReport | None = None
    urls: dict[str, str] = Field(
        default_factory=dict, description="by output; of a further region: `base_url (us-west-2)`"
    )

    @property
    def ok(self) -> bool:
        """Whether every stack and the gate succeeded."""
        results = [stack.result for stack in self.stacks]
        results += [self.gate.result] if self.gate else []
        return all(result is Result.SUCCEEDED for result in results)

    def add_gate(self, gate: GateReport, urls: Mapping[str, str], *, region: str = "") -> None:
        """Count in the smoke checks of a region, and its live URLs; no region: the home region."""
        where = f" ({region})" if region else ""
        there = gate.model_copy(update={"failures": [f"{each}{where}" for each in gate.failures]})
        self.gate = self.gate.plus(there) if self.gate else there
        self.urls |= {f"{name}{where}": url for name, url in urls.items()}

    def write(self, folder: Path) -> Path:
        """Put it into `folder`, named by its start, and return the file."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        when = f"{self.started.astimezone(UTC):%Y%m%dT%H%M%S%f}"
        file = folder / f"{when}-{self.command.replace(' ', '-')}.json"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(self.model_dump(mode="json"), stream, indent=2)
        return file
