from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from localcloud.embedded import Project, StackFile
from orchestrator.checkout.layers import discover
from orchestrator.checkout.local_files import passphrase, prepare_stack_file
from orchestrator.checkout.stacks import Environment, Stack, stack_of
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import PassphraseLost
from tests.orchestrator.conftest import add_layer


@pytest.fixture
def workspace(checkout: Path) -> Workspace:
    add_layer(checkout, "network-security", "")
    return Workspace(checkout)


@pytest.fixture
def stack(workspace: Workspace) -> Stack:
    return stack_of(discover(workspace.root)["network-security"], Environment.LOCAL)


def secrets_of(workspace: Workspace, stack: Stack) -> dict[str, str]:
    file = StackFile.load(Project.load(stack.layer.folder), stack.name)
    config = file.config(file.crypter(passphrase(workspace)))
    return {key: config.values[key] for key in config.secret_keys}


def test_the_passphrase_is_made_once_and_for_its_owner_only(workspace: Workspace) -> None:
    first = passphrase(workspace)
    assert len(first) >= 32
    assert passphrase(workspace) == first
    assert stat.S_IMODE(workspace.passphrase.stat().st_mode) == 0o600
    assert stat.S_IMODE(workspace.home.stat().st_mode) == 0o700


def test_a_stack_file_gets_random_secrets_encrypted(workspace: Workspace, stack: Stack) -> None:
    prepare_stack_file(workspace, stack)
    secret = secrets_of(workspace, stack)
    assert len(set(secret.values())) == len(secret) >= 3
    text = stack.file.read_text()
    assert not any(value in text for value in secret.values())


def test_a_second_call_changes_nothing(workspace: Workspace, stack: Stack) -> None:
    prepare_stack_file(workspace, stack)
    before = stack.file.read_bytes()
    prepare_stack_file(workspace, stack)
    assert stack.file.read_bytes() == before


def test_what_the_user_wrote_stays_and_what_is_missing_is_added(
    workspace: Workspace, stack: Stack
) -> None:
    stack.file.write_text("config:\n  network-security:key_deletion_days: 9\n")
    prepare_stack_file(workspace, stack)
    config = yaml.safe_load(stack.file.read_text())["config"]
    assert config["network-security:key_deletion_days"] == 9
    assert config["aws:region"] == "us-east-1"
    assert config["aws:defaultTags"]["tags"]["Layer"] == "network-security"


def test_all_local_stacks_share_one_salt(workspace: Workspace, stack: Stack) -> None:
    other = stack_of(discover(workspace.root)["data"], Environment.LOCAL)
    prepare_stack_file(workspace, stack)
    prepare_stack_file(workspace, other)
    salts = {
        yaml.safe_load(file.read_text())["encryptionsalt"] for file in (stack.file, other.file)
    }
    assert len(salts) == 1


def test_without_its_passphrase_a_stack_file_is_refused_with_the_way_out(
    workspace: Workspace, stack: Stack
) -> None:
    """Another passphrase would only be refused later, by a sentence about variables."""
    prepare_stack_file(workspace, stack)
    before = stack.file.read_bytes()
    workspace.passphrase.unlink()
    for ask in (passphrase, lambda workspace: prepare_stack_file(workspace, stack)):
        with pytest.raises(PassphraseLost) as lost:
            ask(workspace)
        assert str(lost.value) == (
            ".microstack/passphrase is gone, and nothing else opens what was encrypted with it: "
            "stacks/*/Pulumi.local*.yaml (1 stack files). Put that file back; or start over with "
            "an empty local AWS and new secrets: ./invoke emulator.stop && "
            "rm -r .microstack stacks/*/Pulumi.local*.yaml && ./invoke deploy-all"
        )
    assert not workspace.passphrase.exists()
    assert stack.file.read_bytes() == before
    stack.file.unlink()  # its salt is still there, and of the passphrase that is gone
    prepare_stack_file(workspace, stack)
    assert secrets_of(workspace, stack)


def test_states_need_their_passphrase_as_well(workspace: Workspace, stack: Stack) -> None:
    prepare_stack_file(workspace, stack)
    for name in ("local", "local-us-west-2"):
        state = workspace.backend / ".pulumi" / "stacks" / stack.layer.name / f"{name}.json"
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text("{}")
    workspace.passphrase.unlink()
    stack.file.unlink()
    with pytest.raises(PassphraseLost) as lost:
        passphrase(workspace)
    assert "encrypted with it: .microstack/backend (2 states)." in str(lost.value)
    assert str(lost.value).endswith(
        ": ./invoke emulator.stop && rm -r .microstack && ./invoke region.add us-west-2 && "
        "./invoke deploy-all"
    )
    assert not workspace.passphrase.exists()


def test_a_stack_file_without_secrets_needs_no_passphrase(
    workspace: Workspace, stack: Stack
) -> None:
    stack.file.write_text("config:\n  network-security:key_deletion_days: 9\n")
    assert passphrase(workspace)
