"""`destroy-all` and `destroy`: nothing goes before all that forbids it was asked."""

from __future__ import annotations

import sys

from orchestrator.checkout.target import Target
from orchestrator.deployers.base import Deployer
from orchestrator.errors import UsageError
from orchestrator.live.model import read_live
from orchestrator.preflight.live_readers import refuse_if_read
from orchestrator.preflight.protection import refuse_protected
from orchestrator.runs.session import Session


def destroy_all(target: Target, *, yes: bool) -> None:
    """Destroy every layer, readers first."""
    _destroy(Session("destroy-all", target), yes=yes)


def destroy(target: Target, *, yes: bool) -> None:
    """Destroy one layer that no live layer reads."""
    _destroy(Session("destroy", target), yes=yes)


def _destroy(session: Session, *, yes: bool) -> None:
    """Refuse what must stay and ask, before anything goes."""
    with session.open() as cloud:
        live = read_live(cloud, session.target)
        refuse_if_read(session.stacks, live)
        refuse_protected(session.stacks, cloud.deployer, again=session.again)
        if not yes:
            confirm(session, cloud.deployer)
        operation = session.cancellable(cloud.deployer.destroy)
        before = live.goes_before(session.stacks)
        session.finish(session.run(cloud.deployer, operation, lambda stack: before[stack.label]))


def confirm(session: Session, deployer: Deployer) -> None:
    """Ask before anything that stands is destroyed; without a terminal to ask on, want --yes."""
    standing = [stack for stack in session.stacks if deployer.state(stack).deployed]
    if not standing:
        return
    stacks = ", ".join(stack.label for stack in reversed(standing))
    if not sys.stdin.isatty():
        raise UsageError(
            f"{session.command} destroys {stacks}, and there is no terminal to ask on: add --yes."
        )
    word = session.target.environment
    answer = session.console.input(f"Destroy {stacks}? To go on, type {word}: ")
    if answer.strip() != word:
        raise UsageError("Nothing was destroyed.")
