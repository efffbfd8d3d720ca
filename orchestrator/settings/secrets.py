"""Secrets on their way into a stack file: read unseen, never an argument of any process."""

from __future__ import annotations

import getpass
import subprocess
import sys

from orchestrator.checkout.target import Target
from orchestrator.deployers.cloud import open_cloud
from orchestrator.display.console import message
from orchestrator.errors import SettingRefused, UsageError
from orchestrator.settings.setting_path import SettingPath
from orchestrator.settings.stack_file import editing

NOT_TEXT = "Nothing was written: what was given is not UTF-8 text."


def ask_secret(setting: SettingPath) -> str:
    """A secret from whoever types, unseen, or from a pipe; UsageError if there is none."""
    if sys.stdin.isatty():
        text = getpass.getpass(f"{setting} (not shown): ")
    else:
        text = _piped().removesuffix("\n").removesuffix("\r")
    if not text:
        raise UsageError(f"{setting} needs a value: type it when asked, or pipe it in.")
    refuse_bytes(text)
    return text


def refuse_bytes(*texts: str) -> None:
    """UsageError for bytes that are not text: they would make a file that nothing can read."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise UsageError(NOT_TEXT) from None


def encrypt_by_cli(target: Target, setting: SettingPath, text: str) -> None:
    """By the stack's own secrets provider; not `pulumi.automation`, which has it in argv."""
    stack = setting.stack
    options = ("--secret", setting.key, "--stack", stack.name, "--non-interactive")
    with open_cloud(target.only(), on_message=message, start=False) as cloud:
        if not stack.file.exists():
            with editing(target.workspace, stack):
                pass  # the CLI would make a file with nothing but the secret
        done = subprocess.run(
            ["pulumi", "config", "set", *options],
            cwd=stack.layer.folder,
            env=cloud.process_environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SettingRefused(_refused(setting, done.stderr))


def _refused(setting: SettingPath, stderr: str) -> str:
    stack = setting.stack
    errors = [line for line in stderr.splitlines() if line.startswith("error:")]
    why = errors[0] if errors else "it gave no reason"
    first = f"pulumi stack init {stack.name} (in stacks/{stack.layer.name})"
    fix = f"Run first: {first}" if "no stack named" in why else "Fix that"
    return f"The Pulumi CLI did not take {setting} ({why}). {fix}, then the same command again."


def _piped() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise UsageError(NOT_TEXT) from None
