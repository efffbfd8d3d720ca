"""The CLI deployer where the CLI refuses: a `pulumi` on PATH that says what the real one does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Deployer
from orchestrator.deployers.cli import PulumiCli
from orchestrator.errors import DeployerUnavailable, DeployFailed

NOT_LOGGED_IN = "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI"
WRONG_PASSPHRASE = "error: decrypting secrets: incorrect passphrase"
CLI = """#!/bin/sh
case "$*" in
  *version*) echo "{version}";;
  *"{refused}"*) echo "{words}" >&2; exit 1;;
esac
"""

Speak = Callable[..., None]

ENTRIES = ["preview", "up", "refresh", "destroy", "outputs", "config", "state"]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Put a `pulumi` on PATH that refuses commands with the part `refused` in `words`."""

    def put(words: str, *, refused: str = "", version: str = "v3.260.0") -> None:
        tool = tmp_path / "pulumi"
        tool.write_text(CLI.format(version=version, refused=refused, words=words))
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return put


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    return Stack(Layer("small", folder, frozenset()), Environment.DEV)


def ask(deployer: Deployer, entry: str, stack: Stack) -> object:
    operation = getattr(deployer, entry)
    if entry in ("outputs", "config", "state"):
        return operation(stack)
    return operation(stack, on_event=lambda _: None, cancel=threading.Event())


@pytest.mark.parametrize("entry", ENTRIES)
def test_whoever_is_not_logged_in_learns_how(pulumi: Speak, stack: Stack, entry: str) -> None:
    pulumi(NOT_LOGGED_IN)
    with pytest.raises(DeployFailed) as caught:
        ask(PulumiCli(), entry, stack)
    assert str(caught.value).startswith("The Pulumi CLI is not logged in")
    assert "`pulumi login`" in str(caught.value)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        ("preview", "preview"),
        ("up", "up "),
        ("refresh", "refresh"),
        ("destroy", "destroy"),
        ("outputs", "stack output"),
        ("config", "config"),
        ("state", "stack export"),
    ],
)
def test_a_wrong_passphrase_is_named_as_such(
    pulumi: Speak, stack: Stack, entry: str, refused: str
) -> None:
    pulumi(WRONG_PASSPHRASE, refused=refused)
    with pytest.raises(DeployFailed, match="decrypting secrets: incorrect passphrase: put back"):
        ask(PulumiCli(), entry, stack)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_cli_that_is_too_old_is_refused(pulumi: Speak, stack: Stack, entry: str) -> None:
    pulumi("", version="v2.25.0")
    with pytest.raises(DeployerUnavailable, match=r"current CLI version is 2\.25\.0"):
        ask(PulumiCli(), entry, stack)


@pytest.mark.parametrize("entry", ["outputs", "destroy"])
def test_a_cli_that_does_not_run_is_refused(
    tmp_path: Path, pulumi: Speak, stack: Stack, entry: str
) -> None:
    pulumi("")
    (tmp_path / "pulumi").write_text("#!/bin/sh\nexit 7\n")
    with pytest.raises(DeployerUnavailable, match="exit status 7"):
        ask(PulumiCli(), entry, stack)


@pytest.mark.parametrize(
    ("entry", "nothing"), [("outputs", {}), ("config", {}), ("destroy", 0), ("state", False)]
)
def test_a_stack_that_is_not_there_is_no_failure(
    pulumi: Speak, stack: Stack, entry: str, nothing: object
) -> None:
    pulumi("error: no stack named 'dev' found", refused="select")
    found = ask(PulumiCli(), entry, stack)
    assert getattr(found, "changed", getattr(found, "deployed", found)) == nothing
