from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.target import Target
from orchestrator.errors import UnknownLayer
from orchestrator.runs.session import Session


def test_the_command_to_repeat_is_the_one_that_was_typed(checkout: Path) -> None:
    target = Target(root=checkout, environment=Environment.PROD, layer="data", deployer="cli")
    assert Session("up", target).again == "./invoke up data --env prod --deployer cli"
    assert Session("deploy-all", Target(root=checkout)).again == "./invoke deploy-all"


def test_a_layer_that_is_not_there_is_refused_before_anything_is_made(checkout: Path) -> None:
    with pytest.raises(UnknownLayer):
        Session("up", Target(root=checkout, layer="dta"))
