"""`deploy-all` and `up`: make the cloud as the programs declare it."""

from __future__ import annotations

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.base import Deployer, OnEvent, Outcome
from orchestrator.live.stale_readers import Outputs, published_outputs, stale_readers
from orchestrator.reports.report import Report
from orchestrator.runs.gate import SmokeSuite
from orchestrator.runs.scheduler import Operation
from orchestrator.runs.session import Session
from orchestrator.verbs.smoke import run_gate


def deploy_all(target: Target) -> None:
    """Deploy every layer, each as soon as its upstreams are; then the smoke tests and URLs."""
    session = Session("deploy-all", target)
    with session.open(runs=True) as cloud:
        with session.smoke_suite(cloud) as suite:
            operation = _up_and_warm(cloud.deployer, session, suite)
            report = session.run(cloud.deployer, operation, session.selection.upstream)
            if report.ok and not session.cancel.is_set():
                run_gate(session, cloud, suite, report)
        session.finish(report)
        _show_urls(report)


def up(target: Target) -> None:
    """Deploy one layer over its deployed upstreams, in all regions or in one."""
    session = Session("up", target)
    with session.open(runs=True) as cloud:
        before = published_outputs(session.stacks, cloud.deployer)
        session.finish(session.run(cloud.deployer, session.cancellable(cloud.deployer.up)))
        _name_stale_readers(session, cloud.deployer, before)


def _up_and_warm(deployer: Deployer, session: Session, suite: SmokeSuite) -> Operation:
    """`up`, with the smoke tests getting ready beside the last stack."""
    deploy = session.cancellable(deployer.up)
    *_, last = session.stacks

    def operation(stack: Stack, on_event: OnEvent) -> Outcome:
        if stack == last:
            suite.warm()
        return deploy(stack, on_event)

    return operation


def _name_stale_readers(session: Session, deployer: Deployer, before: Outputs) -> None:
    """Name the layers that go on with what has just changed, and the commands that mend it."""
    after = published_outputs(before, deployer)
    stale = stale_readers(before, after, session.target.everything, deployer)
    for reader, fields in stale.items():
        session.message(
            f"{reader.label} still uses the former {', '.join(fields)}. "
            f"Next: ./invoke up {reader.layer.name}{reader.options}"
        )


def _show_urls(report: Report) -> None:
    for name, url in sorted(report.urls.items()):
        print(f"{name}: {url}")
