"""The verbs that change something: one function per task, the same few steps in each.

Selection → cloud → run → report → summary. Every function raises a MicrostackError whose text is
the whole message; its `exit_code` is the process's.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from threading import Event as Flag

from orchestrator.checkout.selection import every_layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import Deployer, Event, OnEvent, Outcome, StepEvent
from orchestrator.deployers.cloud import Cloud, emulator
from orchestrator.display import display
from orchestrator.errors import UpstreamMissing, UsageError
from orchestrator.live.stale_readers import Outputs, published, readers_left_behind
from orchestrator.preflight.protection import refuse_protected
from orchestrator.preflight.refusals import refuse_if_inside, refuse_if_read, require_upstreams
from orchestrator.reports.report import Report
from orchestrator.runs.gate import SmokeSuite
from orchestrator.runs.run_lock import refuse_at_work
from orchestrator.runs.scheduler import Operation, WaitsFor
from orchestrator.runs.session import Session, confirm, open_session


def deploy_all(root: Path, *, environment: str, deployer: str, region: str = "") -> None:
    """Deploy every layer, each as soon as its upstreams are; then the smoke tests and URLs."""
    session = open_session("deploy-all", root, environment, deployer, region)
    with session.open(runs=True) as cloud:
        _refuse_before_programs(session, cloud.deployer)
        with session.smoke_suite(cloud) as suite:
            operation = _up_and_warm(cloud.deployer, session, suite)
            report = session.run(cloud.deployer, operation, session.selection.upstream)
            if report.ok and not session.cancel.is_set():
                _gate(session, cloud, suite, report)
        session.finish(report)
        _show_urls(report)


def up(root: Path, layer: str, *, environment: str, deployer: str, region: str = "") -> None:
    """Deploy one layer over its deployed upstreams, in all regions or in one."""
    session = open_session(f"up {layer}", root, environment, deployer, region, layer)
    with session.open(runs=True) as cloud:
        _refuse_before_programs(session, cloud.deployer)
        before = published(session.stacks, cloud.deployer)
        session.finish(session.run(cloud.deployer, _up(cloud.deployer, session.cancel), _nothing))
        _tell_readers(session, cloud.deployer, before)


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
    session = open_session(f"preview {layer}", root, environment, deployer, region, layer)
    with session.open(runs=True) as cloud:
        _refuse_before_programs(session, cloud.deployer)
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
    session = open_session(f"refresh {layer}", root, environment, deployer, region, layer)
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
    session = open_session("destroy-all", root, environment, deployer, region)
    _destroy(session, session.selection.downstream, yes=yes)


def destroy(
    root: Path, layer: str, *, environment: str, deployer: str, yes: bool, region: str = ""
) -> None:
    """Destroy one layer that no live layer reads."""
    session = open_session(f"destroy {layer}", root, environment, deployer, region, layer)
    _destroy(session, _nothing, yes=yes)


def run_smoke(root: Path, *, environment: str, deployer: str, region: str = "") -> None:
    """Only the smoke tests, against what is deployed."""
    session = open_session("smoke", root, environment, deployer, region)
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
    workspace = Workspace(root)
    refuse_at_work(workspace, Environment.LOCAL, again="./invoke emulator.stop")
    stopped = emulator(workspace).stop()
    word = "stopped; its state is kept" if stopped else "was not running"
    display.person().print(f"Local AWS {word}", highlight=False)


def _refuse_before_programs(session: Session, deployer: Deployer) -> None:
    """What the states say against it."""
    require_upstreams(session.selection, deployer)
    refuse_if_inside(session.selection, deployer, again=session.again)


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


def _destroy(session: Session, waits_for: WaitsFor, *, yes: bool) -> None:
    """Refuse what must stay and ask, before anything goes."""
    with session.open() as cloud:
        tool = cloud.deployer
        refuse_if_read(session.selection, tool)
        refuse_protected(session.stacks, tool, again=session.again)
        if not yes:
            confirm(session, tool)

        def operation(stack: Stack, tell: OnEvent) -> Outcome:
            return tool.destroy(stack, on_event=tell, cancel=session.cancel)

        session.finish(session.run(tool, operation, waits_for))


def _tell_readers(session: Session, deployer: Deployer, before: Outputs) -> None:
    """Name the layers that go on with what has just changed, and the commands that mend it."""
    everything = every_layer(session.selection.layers, session.environment)
    after = published(before, deployer)
    for reader, fields in readers_left_behind(before, after, everything, deployer).items():
        session.say(
            f"{reader.label} still uses the former {', '.join(fields)}. "
            f"Next: ./invoke up {reader.layer.name}{reader.selection}"
        )


def _nothing(_: Stack) -> Iterable[Stack]:
    return ()


def _gate(session: Session, cloud: Cloud, suite: SmokeSuite, report: Report) -> None:
    """The smoke tests in each region, one after the other, and its live URLs."""
    for region, stacks in session.selection.whole_regions().items():
        outputs = {stack.layer.name: dict(cloud.deployer.outputs(stack)) for stack in stacks}
        with display.busy(session.console, f"smoke tests in {region} …"):
            gate = suite.run(environment=session.environment.value, region=region, outputs=outputs)
        report.add_gate(gate, outputs.get("api", {}), region="" if stacks[0].at_home else region)


def _show_urls(report: Report) -> None:
    for name, url in sorted(report.urls.items()):
        print(f"{name}: {url}")


def _preview_json(report: Report, steps: list[StepEvent]) -> str:
    import json

    changes = [
        {"urn": step.urn, "type": step.type, "op": step.op, "diff": list(step.diff)}
        for step in steps
    ]
    return json.dumps({**report.model_dump(mode="json"), "steps": changes}, indent=2)
