"""What every verb opens first and ends with: target, cloud, display, report, the run's error."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event as Flag

from rich.console import Console

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import Deployer, Outcome
from orchestrator.deployers.cloud import Cloud, emulator, open_cloud
from orchestrator.display.console import stderr_console
from orchestrator.display.lines import words_of
from orchestrator.display.progress import Progress
from orchestrator.display.summary import print_summary
from orchestrator.preflight.cloud_mismatch import refuse_cloud_mismatch
from orchestrator.preflight.completeness import refuse_incomplete
from orchestrator.preflight.refusals import refuse_if_held, refuse_regions, require_upstreams
from orchestrator.reports.report import Report, StackReport
from orchestrator.runs.gate import SmokeSuite
from orchestrator.runs.run_lock import RunRecord, hold_run_lock
from orchestrator.runs.scheduler import Operation, Run, WaitsFor
from orchestrator.runs.verdict import interrupted, raise_unless_green


def nothing(_: Stack) -> Iterable[Stack]:
    """What a stack waits for that waits for none."""
    return ()


@dataclass
class Session:
    """A verb at work on its target. Making it refuses a layer or region that is not there."""

    verb: str
    target: Target
    console: Console = field(default_factory=stderr_console)
    cancel: Flag = field(default_factory=Flag)
    began: float = field(default_factory=time.monotonic)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.selection = self.target.selection

    @property
    def command(self) -> str:
        """Verb and layer, e.g. `up data`."""
        return f"{self.verb} {self.target.layer}".strip()

    @property
    def plans(self) -> bool:
        """Whether the verb only shows what it would do."""
        return self.verb == "preview"

    @property
    def again(self) -> str:
        """The command as it was typed, to be typed again."""
        return f"./invoke {self.command}{self.target.options}"

    @property
    def workspace(self) -> Workspace:
        """The checkout's paths."""
        return self.target.workspace

    @property
    def stacks(self) -> list[Stack]:
        """The selected stacks, in deployment order."""
        return self.selection.stacks

    def message(self, text: str) -> None:
        """One line to the person."""
        self.console.print(text, highlight=False, soft_wrap=True)

    @contextlib.contextmanager
    def open(self, *, runs: bool = False) -> Iterator[Cloud]:
        """The environment, ready for the selected stacks; `runs`: their programs will be run."""
        if runs:
            refuse_incomplete(self.workspace.root)
            refuse_regions(self.selection)
        with contextlib.ExitStack() as held:
            if not self.plans:
                held.enter_context(
                    hold_run_lock(self.workspace, self._run_record(), again=self.again)
                )
            cloud = held.enter_context(open_cloud(self.target, on_message=self.message, runs=runs))
            self._check(cloud, runs=runs)
            yield cloud

    def _run_record(self) -> RunRecord:
        environment = self.target.environment
        return RunRecord(command=self.command, environment=environment, whole=not self.target.layer)

    def _check(self, cloud: Cloud, *, runs: bool) -> None:
        """Refuse a cloud that is not the one of the states, and what programs would fail over."""
        destroys = self.verb.startswith("destroy")  # which is the way out of a mismatch
        if self.target.environment.is_local and not destroys:
            everything = self.target.everything.stacks
            refuse_cloud_mismatch(self.workspace, cloud, everything, remember=not self.plans)
        if runs:
            from orchestrator.settings.check import refuse_settings

            refuse_settings(self.stacks)  # the stack files are complete now
            require_upstreams(self.selection, cloud.deployer)
            refuse_if_held(self.selection, cloud.deployer, again=self.again)

    def cancellable(self, operation: Callable[..., Outcome]) -> Operation:
        """A deployer's operation, which Ctrl-C ends after the steps in flight."""
        return lambda stack, on_event: operation(stack, on_event=on_event, cancel=self.cancel)

    def run(
        self, deployer: Deployer, operation: Operation, waits_for: WaitsFor = nothing
    ) -> Report:
        """Carry out `operation` on the selection, showing its progress."""
        with Progress(self.console, words_of(self.verb)) as watcher:
            stacks = Run(self.selection, operation, waits_for, watcher, self.cancel).execute()
        return self.report(deployer, stacks)

    def smoke_suite(self, cloud: Cloud) -> SmokeSuite:
        """The smoke tests of this checkout."""
        log = self.workspace.make_home() / self.workspace.smoke_log.name
        return SmokeSuite(self.workspace.root, cloud.process_environment, log)

    def report(self, deployer: Deployer, stacks: list[StackReport]) -> Report:
        """What happened so far."""
        return Report(
            command=self.command,
            environment=self.target.environment,
            deployer=deployer.name,
            started=self.started,
            stacks=stacks,
        )

    def finish(self, report: Report) -> None:
        """Write the report, print the summary, and raise if anything is not green."""
        report.seconds = self.seconds()
        self.workspace.make_home()
        report.write(self.workspace.reports)
        print_summary(self.console, report)
        stopped = "" if report.ok else self._stopped()
        raise_unless_green(report, again=self.again, stopped=stopped)
        if self.cancel.is_set():  # when the last stack was as good as done
            raise interrupted(self.again)

    def _stopped(self) -> str:
        """What to report of a local AWS that ended during the run; nothing if it goes on."""
        local = self.target.environment.is_local
        if not local or emulator(self.workspace).status().running:
            return ""
        log = (self.workspace.emulator / "emulator.log").relative_to(self.workspace.root)
        return f"The local AWS has stopped (its log: {log}). To start it again and go on"

    def seconds(self) -> float:
        """How long the command has been at it."""
        return round(time.monotonic() - self.began, 3)
