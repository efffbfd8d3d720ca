from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from orchestrator.checkout.layers import Layer, Layers
from orchestrator.checkout.selection import named_layers, select
from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import Deployer
from orchestrator.errors import UsageError
from orchestrator.runs.session import Session, confirm
from tests.orchestrator.conftest import Standing

CHAIN = Layers(
    [
        Layer("data", Path("data"), frozenset()),
        Layer("compute", Path("compute"), frozenset({"data"})),
    ]
)


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


def question(monkeypatch: pytest.MonkeyPatch, answer: str | None, *standing: str) -> str:
    """Ask before all of `CHAIN` is destroyed; the question. No answer: nobody is there."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: answer is not None)
    chosen = select(CHAIN, Environment.DEV, "", "")
    screen = io.StringIO()
    session = Session("destroy-all", Workspace(Path()), Environment.DEV, chosen, "auto")
    session.console = Console(file=screen)
    confirm(session, cast("Deployer", Standing(*standing)))
    return screen.getvalue()


def test_what_stands_is_named_in_the_order_of_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = question(monkeypatch, "dev\n", "data", "compute")
    assert asked == "Destroy compute (dev), data (dev)? To go on, type dev: "


def test_any_other_answer_destroys_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^Nothing was destroyed\.$"):
        question(monkeypatch, "yes\n", "data")


def test_without_a_terminal_only_yes_destroys(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"destroys data \(dev\) and nobody .*: add --yes\.$"):
        question(monkeypatch, None, "data")


def test_nothing_is_asked_where_nothing_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    assert question(monkeypatch, None) == ""
