from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.layers import Layer, Layers
from orchestrator.selection import named_layers
from orchestrator.session import Session
from orchestrator.stacks import Environment
from orchestrator.workspace import Workspace

DATA = Layers([Layer("data", Path("data"), frozenset())])


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
    chosen = named_layers(DATA, environment, ["data"])
    session = Session("up data", Workspace(Path()), environment, chosen, choice)
    assert session.again == again
