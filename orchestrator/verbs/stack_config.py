"""Tells a layer one thing: a setting in its stack file, checked before it is written.

What the file says is what `pulumi config set` would write, so either may be used. A secret is
never an argument, which `ps` and the shell's history show: it is typed unseen, or piped in.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from localcloud.embedded import Project, StackFile
from localcloud.ground.locks import held
from orchestrator.checkout.layers import YAML
from orchestrator.checkout.local_files import passphrase, prepare_stack_file
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.cloud import open_cloud
from orchestrator.display.console import message
from orchestrator.errors import SettingRefused, UsageError
from orchestrator.settings.check import is_sealed, refuse_settings
from orchestrator.settings.reference import value_text
from orchestrator.settings.setting_path import Place
from shared import commands

NO_TEXT = "Nothing was written: what was given is no UTF-8 text."


def set_value(target: Target, key: str, *, value: str | None = None, secret: bool = False) -> None:
    """Set a plain `value`, or a secret that is asked for. UsageError if the layer refuses it."""
    _refuse_odd(key, value or "")
    workspace, stack = target.workspace, target.stack
    place = Place.parse(stack, key)
    if not (secret or place.secret):
        _tell(place, _plain(workspace, place, value))
        return
    _refuse_shown(place, value)
    text = _asked(place)
    _refuse_odd(text)
    place.refuse(text)
    if stack.environment is Environment.LOCAL:
        _seal(workspace, place, text)
    else:
        _seal_by_cli(target, place, text)
    _tell(place, "[encrypted]")


def remove(target: Target, key: str) -> None:
    """Take a setting out of the stack file; UsageError if it does not stand there."""
    workspace, stack = target.workspace, target.stack
    place = Place.parse(stack, key, known=False)
    with _edited(workspace, stack) as file:
        try:
            file.values = _without(file.values, (place.key, *place.path))
        except KeyError:
            raise UsageError(f"{_name(stack)} does not say {place}: it stays as it is.") from None
    made = place.secret and stack.environment is Environment.LOCAL
    if made:  # as on first use: a local secret is random and worth nothing elsewhere
        prepare_stack_file(workspace, stack)
    now = "now has a new random one" if made else "says it no more"
    message(f"{place} was removed: {_name(stack)} {now}. {_next(stack)}")


@contextlib.contextmanager
def _edited(workspace: Workspace, stack: Stack) -> Iterator[StackFile]:
    """What the stack is told, to be changed by nobody else meanwhile; written at the end."""
    if stack.environment is Environment.LOCAL:
        prepare_stack_file(workspace, stack)
    workspace.make_home()
    with held(workspace.editing):
        file = StackFile.load(Project.load(stack.layer.folder), stack.name)
        yield file
        file.save()


def _refuse_odd(*texts: str) -> None:
    """Bytes that are no text would end in a file that nothing can read."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise UsageError(NO_TEXT) from None


def _plain(workspace: Workspace, place: Place, value: str | None) -> str:
    """Write a plain value; returns how it reads."""
    if value is None:
        raise UsageError(f"{place} needs a value: add --value VALUE.")
    typed = value if place.text else _typed(value)
    with _edited(workspace, place.stack) as file:
        whole = _with(file.values.get(place.key), place.path, typed)
        place.refuse(whole)
        file.set(place.key, whole)
    return value_text(typed)


def _typed(text: str) -> Any:
    """Numbers, true, false, lists and objects as JSON, the latter two as YAML too; else text."""
    try:
        return json.loads(text)
    except RecursionError:
        raise UsageError("Nothing was written: the value is nested too deeply.") from None
    except ValueError:
        if not text.startswith(("[", "{")):
            return text
    try:
        return json.loads(json.dumps(yaml.load(text, YAML), default=str))  # a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return text


def _with(said: Any, path: Sequence[str], value: Any) -> Any:
    """What is said, with another value at the path."""
    if not path:
        return value
    if is_sealed(said):
        raise UsageError("What holds it is encrypted as a whole: set the whole, with --secret.")
    said = _typed(said) if isinstance(said, str) else said
    inside = said if isinstance(said, dict) else {}
    return {**inside, path[0]: _with(inside.get(path[0]), path[1:], value)}


def _without(said: Any, path: Sequence[str]) -> dict[str, Any]:
    """What is said but for what is at the path, and what then holds nothing; else KeyError."""
    said = _typed(said) if isinstance(said, str) else said
    if not isinstance(said, dict) or path[0] not in said or is_sealed(said):
        raise KeyError(path[0])
    left = _without(said[path[0]], path[1:]) if path[1:] else {}
    changed = {**said, path[0]: left}
    return changed if left else {name: each for name, each in said.items() if name != path[0]}


def _refuse_shown(place: Place, value: str | None) -> None:
    if value is not None:
        layer, where = place.stack.layer.name, place.stack.stack_name
        again = commands.set_secret(layer, str(place).removeprefix(f"{layer}:"), where)
        raise UsageError(
            f"{place} is to be secret, and arguments are seen by others (ps, the shell's history): "
            f"leave --value out and type it when asked, or pipe it in: {again}"
        )
    if place.path:
        raise UsageError(f"{place.key} is encrypted as a whole or not at all: name no member.")


def _asked(place: Place) -> str:
    """A secret from whoever types, unseen, or from a pipe."""
    if sys.stdin.isatty():
        text = getpass.getpass(f"{place} (is not shown): ")
    else:
        text = _piped().removesuffix("\n").removesuffix("\r")
    if not text:
        raise UsageError(f"{place} needs a value: type it when asked, or pipe it in.")
    return text


def _piped() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise UsageError(NO_TEXT) from None


def _seal(workspace: Workspace, place: Place, text: str) -> None:
    with _edited(workspace, place.stack) as file:
        file.set(place.key, text, file.crypter(passphrase(workspace)))


def _seal_by_cli(target: Target, place: Place, text: str) -> None:
    """By the stack's own secrets provider; not `pulumi.automation`, which has it in argv."""
    stack = place.stack
    options = ("--secret", place.key, "--stack", stack.name, "--non-interactive")
    with open_cloud(target.only(), on_message=message, start=False) as cloud:
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
        said = [line for line in done.stderr.splitlines() if line.startswith("error:")]
        why = said[0] if said else "it did not say why"
        first = f"pulumi stack init {stack.name} (in stacks/{stack.layer.name})"
        mend = f"Run first: {first}" if "no stack named" in why else "Mend that"
        raise SettingRefused(
            f"The Pulumi CLI did not take {place} ({why}). {mend}, then the same command again."
        )


def _tell(place: Place, value: str) -> None:
    message(f"{_name(place.stack)} now says {place}: {value}. {_next(place.stack)}")


def _name(stack: Stack) -> str:
    return f"stacks/{stack.layer.name}/{stack.file.name}"


def _next(stack: Stack) -> str:
    """The command that makes it so, or what is still to be told before."""
    try:
        refuse_settings([stack])
    except SettingRefused as error:
        return f"To be mended before it is deployed: {error}"
    return f"Next: ./invoke up {stack.layer.name}{stack.options}"
