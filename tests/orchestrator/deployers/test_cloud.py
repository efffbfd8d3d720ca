from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import choose, open_cloud
from orchestrator.errors import DeployerUnavailable, UsageError


@pytest.fixture
def no_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "pulumi"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_pulumi")
def test_local_takes_the_embedded_engine_without_any_cli() -> None:
    assert choose(Environment.LOCAL, "auto") == "embedded"
    assert choose(Environment.LOCAL, "embedded") == "embedded"


@pytest.mark.usefixtures("pulumi")
def test_aws_takes_the_cli_and_local_may() -> None:
    assert choose(Environment.PROD, "auto") == "cli"
    assert choose(Environment.LOCAL, "cli") == "cli"


@pytest.mark.usefixtures("no_pulumi")
@pytest.mark.parametrize(("environment", "choice"), [("dev", "auto"), ("local", "cli")])
def test_without_the_cli_the_sentence_says_how_to_get_it(environment: str, choice: str) -> None:
    with pytest.raises(DeployerUnavailable, match=r"no `pulumi` is on PATH.*pulumi\.com"):
        choose(Environment(environment), choice)


def test_the_embedded_engine_is_for_local_only() -> None:
    with pytest.raises(DeployerUnavailable, match="local and nothing else"):
        choose(Environment.DEV, "embedded")


def test_an_unknown_deployer_lists_the_known() -> None:
    with pytest.raises(UsageError, match="auto, embedded, cli"):
        choose(Environment.LOCAL, "terraform")


@pytest.mark.usefixtures("pulumi")
def test_a_shell_turned_to_the_local_cloud_does_not_reach_for_aws(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROSTACK_EMULATED", "1")
    with pytest.raises(UsageError, match="in a new shell"):
        open_cloud(Target(root=root, environment=Environment.DEV), on_message=print)
