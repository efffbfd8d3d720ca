"""`refresh`: make one layer's state as the cloud is."""

from __future__ import annotations

from orchestrator.checkout.target import Target
from orchestrator.runs.session import Session


def refresh(target: Target) -> None:
    """Make one layer's state as the cloud is."""
    session = Session("refresh", target)
    with session.open() as cloud:
        operation = session.cancellable(cloud.deployer.refresh)
        session.finish(session.run(cloud.deployer, operation))
