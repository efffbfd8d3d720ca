from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.layers import discover
from orchestrator.checkout.stacks import Environment, Stack, stack_of
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import UsageError
from orchestrator.settings.stack_file import editing, with_member, without_member
from tests.orchestrator.conftest import write_stack_file

ENCRYPTED = {"secure": "v1:x"}


@pytest.mark.parametrize(
    ("value", "path", "after"),
    [
        (1, (), 2),
        (None, ("a",), {"a": 2}),
        ({"a": 1, "b": 1}, ("a",), {"a": 2, "b": 1}),
        ({"a": {"b": 1}}, ("a", "c"), {"a": {"b": 1, "c": 2}}),
        ('{"a": {"b": 1}}', ("a", "c"), {"a": {"b": 1, "c": 2}}),
        ({"a": "text"}, ("a", "b"), {"a": {"b": 2}}),
        (ENCRYPTED, (), 2),
        ({"secure": {"b": 1}}, ("secure", "c"), {"secure": {"b": 1, "c": 2}}),
        ({"secure": "x", "b": 1}, ("b",), {"secure": "x", "b": 2}),
    ],
)
def test_a_member_is_set(value: Any, path: tuple[str, ...], after: Any) -> None:
    assert with_member(value, path, 2) == after


@pytest.mark.parametrize("value", [ENCRYPTED, {"a": ENCRYPTED}])
def test_what_is_encrypted_has_no_members_to_set(value: Any) -> None:
    with pytest.raises(UsageError, match="as a whole"):
        with_member(value, ("a", "b"), 2)


@pytest.mark.parametrize(
    ("value", "path", "after"),
    [
        ({"a": 1, "b": 2}, ("a",), {"b": 2}),
        ({"a": {"b": 1, "c": 2}}, ("a", "b"), {"a": {"c": 2}}),
        ({"a": '{"b": 1, "c": 2}'}, ("a", "b"), {"a": {"c": 2}}),
        ({"a": {"b": {"c": 1}}, "d": 1}, ("a", "b", "c"), {"d": 1}),
        ({"a": ENCRYPTED}, ("a",), {}),
    ],
)
def test_a_member_is_removed_with_what_is_empty_then(
    value: Any, path: tuple[str, ...], after: Any
) -> None:
    assert without_member(value, path) == after


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({}, ("a",)),
        ({"a": {"b": 1}}, ("a", "c")),
        ({"a": "text"}, ("a", "b")),
        ({"a": [1]}, ("a", "0")),
        ({"a": ENCRYPTED}, ("a", "secure")),
    ],
)
def test_what_is_not_there_is_not_removed(value: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        without_member(value, path)


def stack(checkout: Path, environment: Environment) -> Stack:
    return stack_of(discover(checkout)["data"], environment)


def test_nothing_is_written_if_the_change_fails(checkout: Path) -> None:
    file = write_stack_file(checkout, "data", "dev", "data:a: 1")
    before = file.read_bytes()
    with (
        pytest.raises(ZeroDivisionError),
        editing(Workspace(checkout), stack(checkout, Environment.DEV)) as values,
    ):
        values.set("b", 1 // 0)
    assert file.read_bytes() == before


def test_the_lock_is_in_the_private_folder(checkout: Path) -> None:
    home = Workspace(checkout).home
    home.mkdir(mode=0o755)
    with editing(Workspace(checkout), stack(checkout, Environment.DEV)):
        pass
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_local_file_is_made_first(checkout: Path) -> None:
    where = stack(checkout, Environment.LOCAL)
    with editing(Workspace(checkout), where) as values:
        values.set("b", 1)
    document = yaml.safe_load(where.file.read_text())
    assert document["encryptionsalt"]
    assert document["config"]["aws:region"] == "us-east-1"
    assert document["config"]["data:b"] == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from orchestrator.checkout.layers import discover
from orchestrator.checkout.stacks import Environment, stack_of
from orchestrator.checkout.workspace import Workspace
from orchestrator.settings.stack_file import editing

root = Path(sys.argv[1])
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with editing(Workspace(root), stack_of(discover(root)["data"], Environment.DEV)) as file:
    file.set("a", "x" * 100_000)
"""


def test_a_kill_leaves_the_old_file_and_no_lock(checkout: Path) -> None:
    file = write_stack_file(checkout, "data", "dev", "data:a: 1 # one")
    before = file.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, checkout], check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.read_bytes() == before
    with editing(Workspace(checkout), stack(checkout, Environment.DEV)) as values:
        values.set("a", 2)
    assert file.read_text() == "config:\n  data:a: 2 # one\n"
    assert not [*file.parent.glob(".writing-*")]
