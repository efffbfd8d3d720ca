"""`smoke`: the smoke tests against what is deployed, which `deploy-all` ends with, too."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import Cloud
from orchestrator.display.console import busy
from orchestrator.errors import UpstreamMissing, UsageError
from orchestrator.reports.report import Report
from orchestrator.runs.gate import SmokeSuite
from orchestrator.runs.session import Session
from shared.contracts import Api


def run_smoke(target: Target) -> None:
    """Only the smoke tests, against what is deployed."""
    session = Session("smoke", target)
    with session.open() as cloud:
        _require_every_layer(session, cloud)
        report = session.report(cloud.deployer, [])
        with session.smoke_suite(cloud) as suite:
            run_gate(session, cloud, suite, report)
        session.finish(report)


def _require_every_layer(session: Session, cloud: Cloud) -> None:
    whole = session.selection.whole_regions()
    if not whole:
        region = session.target.region
        raise UsageError(f"The smoke tests need every layer, and {region} has only some.")
    for stack in itertools.chain(*whole.values()):
        if not cloud.deployer.state(stack).deployed:
            raise UpstreamMissing(
                f"The smoke tests need every layer, and {stack.label} is not deployed. "
                f"Run: ./invoke deploy-all{stack.options}"
            )


def run_gate(session: Session, cloud: Cloud, suite: SmokeSuite, report: Report) -> None:
    """The smoke tests in each region, one after the other, and its live URLs."""
    environment = session.target.environment
    for region, stacks in session.selection.whole_regions().items():
        outputs = {stack.layer.name: dict(cloud.deployer.outputs(stack)) for stack in stacks}
        with busy(session.console, f"smoke tests in {region} …"):
            gate = suite.run(environment=environment, region=region, outputs=outputs)
        report.add_gate(gate, _urls(outputs), region="" if stacks[0].at_home else region)


def _urls(outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Where the API can be called, by the names that its contract has for that."""
    published = outputs.get(Api.layer, {})
    urls = [name for name in Api.promises() if name.endswith("_url")]
    return {name: published[name] for name in urls if name in published}
