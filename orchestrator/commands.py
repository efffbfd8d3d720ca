"""The verbs that change something: one function per task, the same few steps in each.

Selection → cloud → run → report → summary. Every function raises a MicrostackError whose text is
the whole message; its `exit_code` is the process's.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag

from rich.console import Console

from orchestrator import display, layers, selection
from orchestrator.cloud import Cloud, emulator, open_cloud
from orchestrator.deployers.base import Deployer, Event, OnEvent, Outcome, StepEvent
from orchestrator.errors import (
    DeployFailed,
    Interrupted,
    MicrostackError,
    RegionRefused,
    SmokeFailed,
    StillRead,
    UnknownRegion,
    UpstreamMissing,
    UsageError,
)
from orchestrator.protection import refuse_protected
from orchestrator.report import Report, Result, StackReport
from orchestrator.run import Operation, Run, WaitsFor
from orchestrator.selection import Selection
from orchestrator.smoke import SmokeSuite
from orchestrator.stacks import Environment, Stack, by_region
from orchestrator.workspace import Workspace
from shared.stack_name import ALLOWED_REGIONS


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
        return f"./invoke {self.command}{_flag(self.environment)}{chosen}{region}"

    @property
    def stacks(self) -> list[Stack]:
        """The selected stacks, in deployment order."""
        return self.selection.stacks

    def say(self, text: str) -> None:
        """One line to the person."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def open(self, *, runs: bool = False) -> Cloud:
        """The environment, ready for the selected stacks; `runs`: their programs will be run."""
        if runs:
            refuse_regions(self.selection)
        cloud = open_cloud(
            self.workspace, self.environment, self.choice, self.stacks, say=self.say, runs=runs
        )
        if runs:
            _refuse_settings(cloud, self.stacks)
        return cloud

    def run(self, deployer: Deployer, operation: Operation, waits_for: WaitsFor) -> Report:
        """Carry out `operation` on the selection, with the display."""
        words = display.PLANNED_WORDS if self.plans else display.DONE_WORDS
        with display.Display(self.console, words) as watcher:
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
        raise_unless_green(report, again=self.again)
        if self.cancel.is_set():  # when the last stack was as good as done
            raise _interrupted(self.again)

    def seconds(self) -> float:
        """How long the command has been at it."""
        return round(time.monotonic() - self.began, 3)


def deploy_all(root: Path, *, environment: str, deployer: str, region: str = "") -> None:
    """Deploy every layer, each as soon as its upstreams are; then the smoke tests and URLs."""
    session = _session("deploy-all", root, environment, deployer, region)
    with session.open(runs=True) as cloud:
        require_upstreams(session.selection, cloud.deployer)
        with session.smoke_suite(cloud) as suite:
            operation = _up_and_warm(cloud.deployer, session, suite)
            report = session.run(cloud.deployer, operation, session.selection.upstream)
            if report.ok and not session.cancel.is_set():
                _gate(session, cloud, suite, report)
        session.finish(report)
        _show_urls(report)


def up(root: Path, layer: str, *, environment: str, deployer: str, region: str = "") -> None:
    """Deploy one layer over its deployed upstreams, in all regions or in one."""
    session = _session(f"up {layer}", root, environment, deployer, region, layer)
    with session.open(runs=True) as cloud:
        require_upstreams(session.selection, cloud.deployer)
        session.finish(session.run(cloud.deployer, _up(cloud.deployer, session.cancel), _nothing))


def preview(
    root: Path,
    layer: str,
    *,
    environment: str,
    deployer: str,
    region: str = "",
    as_json: bool = False,
) -> None:
    """Show what `up` would do to one layer."""
    session = _session(f"preview {layer}", root, environment, deployer, region, layer)
    with session.open(runs=True) as cloud:
        require_upstreams(session.selection, cloud.deployer)
        steps: list[StepEvent] = []

        def operation(stack: Stack, on_event: OnEvent) -> Outcome:
            def keep(event: Event) -> None:
                if isinstance(event, StepEvent) and event.phase == "finished":
                    steps.append(event)
                on_event(event)

            return cloud.deployer.preview(stack, on_event=keep, cancel=session.cancel)

        report = session.run(cloud.deployer, operation, _nothing)
        report.seconds = session.seconds()
        if as_json:
            print(_preview_json(report, steps))
        else:
            for line in display.step_lines(steps):
                session.say(line)
        session.finish(report)


def refresh(root: Path, layer: str, *, environment: str, deployer: str, region: str = "") -> None:
    """Make one layer's state as the cloud is."""
    session = _session(f"refresh {layer}", root, environment, deployer, region, layer)
    with session.open() as cloud:
        tool = cloud.deployer
        session.finish(
            session.run(
                tool,
                lambda stack, tell: tool.refresh(stack, on_event=tell, cancel=session.cancel),
                _nothing,
            )
        )


def destroy_all(
    root: Path, *, environment: str, deployer: str, yes: bool, region: str = ""
) -> None:
    """Destroy every layer, readers first."""
    session = _session("destroy-all", root, environment, deployer, region)
    with session.open() as cloud:
        refuse_if_read(session.selection, cloud.deployer)
        refuse_protected(session.stacks, cloud.deployer, again=session.again)
        confirm(session, yes)
        session.finish(
            session.run(
                cloud.deployer,
                _destroy(cloud.deployer, session.cancel),
                session.selection.downstream,
            )
        )


def destroy(
    root: Path, layer: str, *, environment: str, deployer: str, yes: bool, region: str = ""
) -> None:
    """Destroy one layer that no live layer reads."""
    session = _session(f"destroy {layer}", root, environment, deployer, region, layer)
    with session.open() as cloud:
        refuse_if_read(session.selection, cloud.deployer)
        refuse_protected(session.stacks, cloud.deployer, again=session.again)
        confirm(session, yes)
        session.finish(
            session.run(cloud.deployer, _destroy(cloud.deployer, session.cancel), _nothing)
        )


def run_smoke(root: Path, *, environment: str, deployer: str, region: str = "") -> None:
    """Only the smoke tests, against what is deployed."""
    session = _session("smoke", root, environment, deployer, region)
    with session.open() as cloud:
        whole = session.selection.whole_regions()
        if not whole:
            raise UsageError(f"The smoke tests need every layer, and {region} has only some.")
        for stack in itertools.chain(*whole.values()):
            if not cloud.deployer.state(stack).deployed:
                raise UpstreamMissing(
                    f"The smoke tests need every layer, and {stack.label} is not deployed. "
                    f"Run: ./invoke deploy-all{stack.selection}"
                )
        report = session.report(cloud.deployer, [])
        with session.smoke_suite(cloud) as suite:
            _gate(session, cloud, suite, report)
        session.finish(report)


def emulator_start(root: Path, *, port: str = "") -> None:
    """Start the local AWS, or say where it is already; no port: the one it had, or a free one."""
    endpoint = emulator(Workspace(root)).start(_port(port) if port else None)
    display.person().print(f"Local AWS at {endpoint.url}", highlight=False)


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 2**16:
        return int(text)
    raise UsageError(f"{text!r} is no port: give a number from 1 to 65535, or leave --port out.")


def emulator_stop(root: Path) -> None:
    """Stop the local AWS, if it runs."""
    stopped = emulator(Workspace(root)).stop()
    word = "stopped; its state is kept" if stopped else "was not running"
    display.person().print(f"Local AWS {word}", highlight=False)


def _refuse_settings(cloud: Cloud, stacks: list[Stack]) -> None:
    """Look at the stack files, which are complete now; the cloud is closed if they are wrong."""
    from orchestrator.settings_check import refuse_settings

    try:
        refuse_settings(stacks)
    except MicrostackError:
        cloud.deployer.close()
        raise


def _session(
    command: str, root: Path, environment: str, choice: str, region: str, layer: str = ""
) -> Session:
    where = Environment.parse(environment)
    chosen = selection.select(layers.discover(root), where, layer, region)
    return Session(command, Workspace(root), where, chosen, choice, region)


def _up(deployer: Deployer, cancel: Flag) -> Operation:
    return lambda stack, tell: deployer.up(stack, on_event=tell, cancel=cancel)


def _up_and_warm(deployer: Deployer, session: Session, suite: SmokeSuite) -> Operation:
    """The same, with the smoke tests getting ready beside the last stack."""
    deploy = _up(deployer, session.cancel)
    *_, last = session.stacks

    def operation(stack: Stack, tell: OnEvent) -> Outcome:
        if stack == last:
            suite.warm()
        return deploy(stack, tell)

    return operation


def _destroy(deployer: Deployer, cancel: Flag) -> Operation:
    return lambda stack, tell: deployer.destroy(stack, on_event=tell, cancel=cancel)


def _nothing(_: Stack) -> Iterable[Stack]:
    return ()


def refuse_regions(chosen: Selection) -> None:
    """Refuse what the program of one stack would refuse when others have begun already."""
    for stack in chosen.stacks:
        for region in (stack.region, *sorted(stack.key_regions)):
            refuse_region(region, stack)
        everything = selection.every_layer(chosen.layers, stack.environment).stacks
        for region in sorted(stack.key_regions - set(by_region(everything))):
            raise UnknownRegion(
                f"{stack.label} keeps copies in {region}, and no layer has a stack there. "
                f"Run first: ./invoke region.add {region}{_flag(stack.environment)}"
            )


def refuse_region(region: str, told: Stack) -> None:
    """Refuse a region that the stack file of `told` does not allow."""
    allowed = told.told("allowed_regions", ALLOWED_REGIONS)
    # Its program says what is wrong with one that is no list.
    if isinstance(allowed, list | tuple) and region not in allowed:
        name = told.layer.name
        raise RegionRefused(
            f"Region {region} is not one of {name}:allowed_regions "
            f"({', '.join(map(str, allowed))}), so nothing was created. "
            f"To allow it, add it there: stacks/{name}/{told.file.name}."
        )


def require_upstreams(chosen: Selection, deployer: Deployer) -> None:
    """Refuse what reads a layer that is not deployed, naming the command that mends it."""
    for item in chosen:
        name = item.stack.layer.name
        for needed in _others(chosen, Selection.upstream, item.stack):
            if not deployer.state(needed).deployed:
                raise UpstreamMissing(
                    f"Layer {name} reads {needed.layer.name}, and stack {needed.name} of "
                    f"{needed.layer.name} is not deployed. Run first: ./invoke up "
                    f"{needed.layer.name}{needed.selection}"
                )


def refuse_if_read(chosen: Selection, deployer: Deployer) -> None:
    """Refuse to destroy what a live stack reads, and name the one that can go at once."""
    for item in chosen:
        for reader in reversed(_others(chosen, Selection.downstream, item.stack)):
            if deployer.state(reader).deployed:
                raise StillRead(_still_read(item.stack, reader, _top(reader, chosen, deployer)))


def _still_read(stack: Stack, reader: Stack, first: Stack) -> str:
    """What to do about a live reader; `first` is what can be destroyed at once."""
    if reader.region != stack.region:  # its copies lie in that region; nothing else joins two
        return (
            f"{reader.label} keeps copies in {stack.region}, under a key of {stack.label}. First "
            f"take {stack.region} out of {reader.layer.name}:replica_regions "
            f"(stacks/{reader.layer.name}/{reader.file.name}), "
            f"then: ./invoke up {reader.layer.name}{reader.selection}"
        )
    return (
        f"Layer {reader.layer.name} is deployed and reads {stack.layer.name}. "
        f"Destroy first: ./invoke destroy {first.layer.name}{first.selection} "
        f"(or all: ./invoke destroy-all{first.selection})"
    )


def _top(stack: Stack, chosen: Selection, deployer: Deployer) -> Stack:
    """What nothing live reads, of what reads `stack`; itself if it has no live reader."""
    for reader in reversed(_others(chosen, Selection.downstream, stack)):
        if deployer.state(reader).deployed:
            return _top(reader, chosen, deployer)
    return stack


def _others(
    chosen: Selection, joined: Callable[[Selection, Stack], list[Stack]], stack: Stack
) -> list[Stack]:
    """What a stack is joined to in its environment, without what is chosen itself."""
    mine = {item.stack.label for item in chosen}
    everything = selection.every_layer(chosen.layers, stack.environment)
    return [other for other in joined(everything, stack) if other.label not in mine]


def confirm(session: Session, yes: bool) -> None:
    """Ask before anything is destroyed; without a terminal to ask on, want --yes."""
    if yes:
        return
    stacks = ", ".join(item.stack.label for item in session.selection)
    if not sys.stdin.isatty():
        raise UsageError(
            f"{session.command} destroys {stacks} and nobody is there to ask: add --yes."
        )
    answer = session.console.input(f"Destroy {stacks}? Type the environment's name to go on: ")
    if answer.strip() != session.environment:
        raise UsageError("Nothing was destroyed.")


def _interrupted(again: str) -> Interrupted:
    return Interrupted(f"Interrupted; what was done is saved. To go on: {again}")


def raise_unless_green(report: Report, *, again: str) -> None:
    """The run's error, if it has one; the summary has named the causes already."""
    if report.ok:
        return
    if any(stack.result is Result.INTERRUPTED for stack in report.stacks):
        raise _interrupted(again)
    if report.gate and report.gate.result is Result.FAILED:
        raise SmokeFailed(
            "Smoke tests failed:\n  "
            + "\n  ".join(report.gate.failures)
            + "\nWhat pytest said is in .microstack/smoke.log. Mend the cause, then: "
            + f"./invoke smoke{_flag(Environment(report.environment))}"
        )
    failed = [stack.layer for stack in report.stacks if stack.result is Result.FAILED]
    raise DeployFailed(f"Failed: {', '.join(failed)}. Mend the cause above, then: {again}")


def _gate(session: Session, cloud: Cloud, suite: SmokeSuite, report: Report) -> None:
    """The smoke tests in each region, one after the other, and its live URLs."""
    for region, stacks in session.selection.whole_regions().items():
        outputs = {stack.layer.name: dict(cloud.deployer.outputs(stack)) for stack in stacks}
        with session.console.status(f"smoke tests in {region} …"):
            gate = suite.run(environment=session.environment.value, region=region, outputs=outputs)
        report.add_gate(gate, outputs.get("api", {}), region="" if stacks[0].at_home else region)


def _show_urls(report: Report) -> None:
    for name, url in sorted(report.urls.items()):
        print(f"{name}: {url}")


def _flag(environment: Environment) -> str:
    return "" if environment is Environment.LOCAL else f" --env {environment}"


def _preview_json(report: Report, steps: list[StepEvent]) -> str:
    import json

    changes = [
        {"urn": step.urn, "type": step.type, "op": step.op, "diff": list(step.diff)}
        for step in steps
    ]
    return json.dumps({**report.model_dump(mode="json"), "steps": changes}, indent=2)
