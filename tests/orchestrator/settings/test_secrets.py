"""Secrets of AWS go to the Pulumi CLI by standard input; a program in its place notes what it gets.

tests/orchestrator/verbs/test_stack_config.py does the same with the CLI itself, where there is one.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.target import Target
from orchestrator.errors import SettingRefused, UsageError
from orchestrator.settings.secrets import ask_secret, encrypt_by_cli, refuse_bytes
from orchestrator.settings.setting_path import SettingPath
from tests.orchestrator.conftest import write_stack_file

SECRET = "correct horse battery staple"
LAYER = "network-security"
CLI = """#!{python}
import json, os, sys
from pathlib import Path
note = dict(argv=sys.argv[1:], folder=os.getcwd(), given=sys.stdin.read())
note["file"] = Path("Pulumi.dev.yaml").read_text()
Path("{note}").write_text(json.dumps(note))
sys.stderr.write({words!r})
sys.exit({code})
"""


class Cli:
    """A `pulumi` on PATH, and what it was given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ends(0, "")

    def ends(self, code: int, words: str) -> None:
        file, note = self._folder / "pulumi", self._folder / "note"
        file.write_text(CLI.format(python=sys.executable, note=note, code=code, words=words))
        file.chmod(0o755)

    @property
    def given(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._folder / "note").read_text())
        return found


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Cli:
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder))
    return Cli(folder)


@pytest.fixture
def target(root: Path) -> Target:
    return Target.parse(root, env="dev", layer=LAYER)


@pytest.fixture
def password(target: Target) -> SettingPath:
    return SettingPath.parse(target.stack, "db_password")


def test_the_cli_gets_it_by_standard_input(target: Target, password: SettingPath, cli: Cli) -> None:
    encrypt_by_cli(target, password, SECRET)
    key = f"{LAYER}:db_password"
    options = ["--secret", key, "--stack", "dev", "--non-interactive"]
    assert cli.given["argv"] == ["config", "set", *options]
    assert cli.given["given"] == SECRET
    assert cli.given["folder"] == str(target.stack.layer.folder)


def test_a_file_that_is_new_is_complete_before(
    target: Target, password: SettingPath, cli: Cli
) -> None:
    encrypt_by_cli(target, password, SECRET)
    config = yaml.safe_load(cli.given["file"])["config"]
    assert set(config) == {"aws:region", "aws:defaultTags"}


def test_a_file_that_is_there_is_not_touched(
    target: Target, password: SettingPath, cli: Cli
) -> None:
    file = write_stack_file(target.root, LAYER, "dev", "aws:region:   us-east-1 # ours")
    before = file.read_text()
    encrypt_by_cli(target, password, SECRET)
    assert cli.given["file"] == file.read_text() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "warning: old\nerror: no stack named 'dev' found\n",
            "(error: no stack named 'dev' found). Run first: pulumi stack init dev "
            f"(in stacks/{LAYER}), then the same command again.",
        ),
        (
            "error: no passphrase\n",
            "(error: no passphrase). Fix that, then the same command again.",
        ),
        ("panic\n", "(it gave no reason). Fix that, then the same command again."),
    ],
)
def test_what_the_cli_refuses_is_one_sentence(
    target: Target, password: SettingPath, cli: Cli, words: str, sentence: str
) -> None:
    cli.ends(255, words)
    with pytest.raises(SettingRefused) as caught:
        encrypt_by_cli(target, password, SECRET)
    expected = f"The Pulumi CLI did not take {LAYER}:db_password {sentence}"
    assert str(caught.value) == expected


class Typed(io.StringIO):
    """Standard input of somebody who types."""

    def isatty(self) -> bool:
        return True


def test_who_types_is_asked_unseen(password: SettingPath, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(words: str) -> str:
        asked.append(words)
        return SECRET

    monkeypatch.setattr(sys, "stdin", Typed())
    monkeypatch.setattr("getpass.getpass", answer)
    assert ask_secret(password) == SECRET
    assert asked == [f"{LAYER}:db_password (not shown): "]


@pytest.mark.parametrize(
    ("piped", "secret"),
    [
        ("a\n", "a"),
        ("a\r\n", "a"),
        ("a", "a"),
        ("a\n\n", "a\n"),
        (" a ", " a "),
        ("a\nb\n", "a\nb"),
    ],
)
def test_a_pipe_ends_in_one_line_end_at_most(
    password: SettingPath, monkeypatch: pytest.MonkeyPatch, piped: str, secret: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(piped))
    assert ask_secret(password) == secret


@pytest.mark.parametrize("piped", ["", "\n", "\r\n"])
def test_an_empty_secret_is_refused(
    password: SettingPath, monkeypatch: pytest.MonkeyPatch, piped: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(piped))
    with pytest.raises(UsageError, match="db_password needs a value"):
        ask_secret(password)


def test_bytes_in_a_pipe_that_are_no_text_are_refused(
    password: SettingPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\xfa"), "utf-8"))
    with pytest.raises(UsageError, match="not UTF-8"):
        ask_secret(password)


def test_text_is_not_refused() -> None:
    refuse_bytes("Müller", "", "x")
    with pytest.raises(UsageError, match="not UTF-8"):
        refuse_bytes("x", "M\udcfcller")
