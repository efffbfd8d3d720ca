from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.target import Target
from orchestrator.deployers.base import Deployer
from orchestrator.errors import UsageError
from orchestrator.runs.session import Session
from orchestrator.verbs.destroy import confirm
from tests.orchestrator.conftest import CONTRACTS, FakeDeployer, add_layer

Ask = Callable[..., str]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask before data and its reader compute are destroyed; the question."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "contracts.py").write_text(CONTRACTS)
    add_layer(tmp_path, "data", "")
    add_layer(tmp_path, "compute", "Data.read()")

    def ask(answer: str | None, *standing: str) -> str:
        """No answer: nobody is there."""
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        monkeypatch.setattr(sys.stdin, "isatty", lambda: answer is not None)
        screen = io.StringIO()
        target = Target(root=tmp_path, environment=Environment.DEV)
        session = Session("destroy-all", target, console=Console(file=screen))
        confirm(session, cast("Deployer", FakeDeployer(*standing)))
        return screen.getvalue()

    return ask


def test_what_stands_is_named_in_the_order_of_its_end(ask: Ask) -> None:
    asked = ask("dev\n", "data", "compute")
    assert asked == "Destroy compute (dev), data (dev)? To go on, type dev: "


def test_any_other_answer_destroys_nothing(ask: Ask) -> None:
    with pytest.raises(UsageError, match=r"^Nothing was destroyed\.$"):
        ask("yes\n", "data")


def test_without_a_terminal_only_yes_destroys(ask: Ask) -> None:
    with pytest.raises(UsageError, match=r"destroys data \(dev\) and nobody .*: add --yes\.$"):
        ask(None, "data")


def test_nothing_is_asked_where_nothing_stands(ask: Ask) -> None:
    assert ask(None) == ""
