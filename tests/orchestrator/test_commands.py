from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from orchestrator.commands import Session, refuse_if_read
from orchestrator.deployers.base import Deployer, StackState
from orchestrator.errors import StillRead
from orchestrator.layers import Layer, Layers
from orchestrator.selection import named_layers
from orchestrator.stacks import Environment, Stack
from orchestrator.workspace import Workspace

CHAIN = Layers(
    [
        Layer("data", Path("data"), frozenset()),
        Layer("compute", Path("compute"), frozenset({"data"})),
        Layer("observability", Path("observability"), frozenset({"data", "compute"})),
    ]
)


class Everything:
    """A deployer to which every stack is deployed."""

    def state(self, _: Stack) -> StackState:
        return StackState(resources=1)


def test_what_must_be_destroyed_first_can_be_destroyed_at_once() -> None:
    chosen = named_layers(CHAIN, Environment.DEV, ["data"])
    with pytest.raises(StillRead) as error:
        refuse_if_read(chosen, cast("Deployer", Everything()))
    assert "./invoke destroy observability --env dev" in str(error.value)
    assert "./invoke destroy-all --env dev" in str(error.value)


@pytest.mark.parametrize(
    ("environment", "choice", "again"),
    [
        (Environment.LOCAL, "auto", "./invoke up data"),
        (Environment.LOCAL, "cli", "./invoke up data --deployer cli"),
        (Environment.PROD, "auto", "./invoke up data --env prod"),
    ],
)
def test_the_command_to_repeat_is_the_one_that_was_typed(
    environment: Environment, choice: str, again: str
) -> None:
    chosen = named_layers(CHAIN, environment, ["data"])
    session = Session("up data", Workspace(Path()), environment, chosen, choice)
    assert session.again == again
