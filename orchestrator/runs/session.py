"""What every verb opens first and ends with: selection, cloud, display, report, the run's error."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag

from rich.console import Console

from orchestrator.checkout import layers, selection
from orchestrator.checkout.selection import Selection
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import Deployer
from orchestrator.deployers.cloud import Cloud, emulator, open_cloud
from orchestrator.display import display
from orchestrator.errors import (
    DeployFailed,
    Interrupted,
    SmokeFailed,
    UsageError,
)
from orchestrator.preflight.cloud_mismatch import refuse_lost_cloud
from orchestrator.preflight.refusals import refuse_regions
from orchestrator.reports.report import Report, Result, StackReport
from orchestrator.runs.gate import SmokeSuite
from orchestrator.runs.run_lock import Work, at_work
from orchestrator.runs.scheduler import Operation, Run, WaitsFor


@dataclass
class Session:
    """What every verb opens first: checkout, environment, selected stacks, display."""

    command: str
    workspace: Workspace
    environment: Environment
    selection: Selection
    choice: str
    region: str = ""
    """The one region that was asked for; empty: all."""
    layer: str = ""
    """The one layer that was asked for; empty: all."""
    console: Console = field(default_factory=display.person)
    cancel: Flag = field(default_factory=Flag)
    began: float = field(default_factory=time.monotonic)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def plans(self) -> bool:
        """Whether the verb only says what it would do."""
        return self.command.startswith("preview")

    @property
    def again(self) -> str:
        """The command as it was typed, to be typed again."""
        chosen = "" if self.choice == "auto" else f" --deployer {self.choice}"
        region = f" --region {self.region}" if self.region else ""
        return f"./invoke {self.command}{self.environment.option}{chosen}{region}"

    @property
    def stacks(self) -> list[Stack]:
        """The selected stacks, in deployment order."""
        return self.selection.stacks

    def say(self, text: str) -> None:
        """One line to the person."""
        self.console.print(text, highlight=False, soft_wrap=True)

    @contextlib.contextmanager
    def open(self, *, runs: bool = False) -> Iterator[Cloud]:
        """The environment, ready for the selected stacks; `runs`: their programs will be run."""
        if runs:
            refuse_regions(self.selection)
        with contextlib.ExitStack() as held:
            if not self.plans:
                held.enter_context(at_work(self.workspace, self._work(), again=self.again))
            cloud = held.enter_context(
                open_cloud(
                    self.workspace,
                    self.environment,
                    self.choice,
                    self.stacks,
                    say=self.say,
                    runs=runs,
                )
            )
            self._check(cloud, runs=runs)
            yield cloud

    def _work(self) -> Work:
        return Work(command=self.command, environment=self.environment.value, whole=not self.layer)

    def _check(self, cloud: Cloud, *, runs: bool) -> None:
        """Refuse a cloud that is not the one of the states, and settings that no program takes."""
        destroys = self.command.startswith("destroy")  # which is the way out of a lost cloud
        if self.environment is Environment.LOCAL and not destroys:
            everything = selection.every_layer(self.selection.layers, self.environment).stacks
            refuse_lost_cloud(self.workspace, cloud, everything, remember=not self.plans)
        if runs:
            from orchestrator.settings.check import refuse_settings

            refuse_settings(self.stacks)  # the stack files are complete now

    def run(self, deployer: Deployer, operation: Operation, waits_for: WaitsFor) -> Report:
        """Carry out `operation` on the selection, with the display."""
        with display.Display(self.console, display.words_of(self.command)) as watcher:
            stacks = Run(self.selection, operation, waits_for, watcher, self.cancel).carry_out()
        return self.report(deployer, stacks)

    def smoke_suite(self, cloud: Cloud) -> SmokeSuite:
        """The smoke tests of this checkout."""
        log = self.workspace.make_home() / self.workspace.smoke_log.name
        return SmokeSuite(self.workspace.root, cloud.environment, log)

    def report(self, deployer: Deployer, stacks: list[StackReport]) -> Report:
        """What happened so far."""
        return Report(
            command=self.command,
            environment=self.environment.value,
            deployer=deployer.name,
            started=self.started,
            stacks=stacks,
        )

    def finish(self, report: Report) -> None:
        """Write the report, print the summary, and raise if anything is not green."""
        report.seconds = self.seconds()
        self.workspace.make_home()
        report.write(self.workspace.reports)
        display.print_summary(self.console, report)
        stopped = "" if report.ok else self._stopped()
        raise_unless_green(report, again=self.again, stopped=stopped)
        if self.cancel.is_set():  # when the last stack was as good as done
            raise _interrupted(self.again)

    def _stopped(self) -> str:
        """What is to be said of a local AWS that ended under the run; nothing if it goes on."""
        if self.environment is not Environment.LOCAL or emulator(self.workspace).status().running:
            return ""
        log = (self.workspace.emulator / "emulator.log").relative_to(self.workspace.root)
        return f"The local AWS has stopped (its log: {log}). To start it again and go on"

    def seconds(self) -> float:
        """How long the command has been at it."""
        return round(time.monotonic() - self.began, 3)


def open_session(
    command: str, root: Path, environment: str, choice: str, region: str, layer: str = ""
) -> Session:
    """The session of a command; UsageError if an argument cannot be meant."""
    where = Environment.parse(environment)
    chosen = selection.select(layers.discover(root), where, layer, region)
    return Session(command, Workspace(root), where, chosen, choice, region, layer)


def confirm(session: Session, deployer: Deployer) -> None:
    """Ask before anything that stands is destroyed; without a terminal to ask on, want --yes."""
    standing = [stack for stack in session.stacks if deployer.state(stack).deployed]
    if not standing:
        return
    stacks = ", ".join(stack.label for stack in reversed(standing))
    if not sys.stdin.isatty():
        raise UsageError(
            f"{session.command} destroys {stacks} and nobody is there to ask: add --yes."
        )
    word = session.environment.value
    answer = session.console.input(f"Destroy {stacks}? To go on, type {word}: ")
    if answer.strip() != word:
        raise UsageError("Nothing was destroyed.")


def _interrupted(again: str) -> Interrupted:
    return Interrupted(f"Interrupted; what was done is saved. To go on: {again}")


def raise_unless_green(report: Report, *, again: str, stopped: str = "") -> None:
    """The run's error, if it has one; the summary has named the causes already.

    `stopped` says that they are all one: the local AWS has ended.
    """
    if report.ok:
        return
    if any(stack.result is Result.INTERRUPTED for stack in report.stacks):
        raise _interrupted(again)
    if report.gate and report.gate.result is Result.FAILED:
        again = f"./invoke smoke{Environment(report.environment).option}"
        raise SmokeFailed(
            "Smoke tests failed:\n  "
            + "\n  ".join(report.gate.failures)
            + "\nWhat pytest said is in .microstack/smoke.log. "
            + f"{stopped or 'Mend the cause, then'}: {again}"
        )
    failed = [
        f"{stack.layer} ({stack.stack})" for stack in report.stacks if stack.result is Result.FAILED
    ]
    raise DeployFailed(
        f"Failed: {', '.join(failed)}. {stopped or 'Mend the cause above, then'}: {again}"
    )
