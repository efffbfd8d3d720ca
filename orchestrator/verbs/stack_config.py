"""`./invoke config.set` and `config.rm`: one setting of a stack file, checked before it is written.

The file then holds what `pulumi config set` would write, so either may be used. A secret is never
an argument, which `ps` and the shell's history show: it is typed unseen, or piped in.
"""

from __future__ import annotations

from orchestrator.checkout.local_files import passphrase, prepare_stack_file
from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.display.console import message
from orchestrator.errors import SettingRefused, UsageError
from orchestrator.settings.check import refuse_settings
from orchestrator.settings.encrypted import has_encrypted
from orchestrator.settings.reference import value_text
from orchestrator.settings.secrets import ask_secret, encrypt_by_cli, refuse_bytes
from orchestrator.settings.setting_path import SettingPath
from orchestrator.settings.stack_file import editing, with_member, without_member
from orchestrator.settings.typed_value import typed_value
from shared import commands


def set_value(target: Target, key: str, *, value: str | None = None, secret: bool = False) -> None:
    """Set a plain `value`, or a secret that is asked for. UsageError if the layer refuses it."""
    refuse_bytes(key, value or "")
    setting = SettingPath.parse(target.stack, key)
    if secret or setting.is_secret:
        _refuse_argument(setting, value)
        _set_secret(target, setting, ask_secret(setting))
        written = "[encrypted]"
    else:
        written = _set_plain(target.workspace, setting, value)
    message(f"Set {setting} to {written} in {_name(target.stack)}. {_next(target.stack)}")


def remove(target: Target, key: str) -> None:
    """Remove a setting from the stack file; UsageError if it is not there."""
    workspace, stack = target.workspace, target.stack
    setting = SettingPath.parse(stack, key, known=False)
    with editing(workspace, stack) as file:
        try:
            file.values = without_member(file.values, (setting.key, *setting.members))
        except KeyError:
            raise UsageError(f"{_name(stack)} has no {setting}: nothing was changed.") from None
    again = ""
    if setting.is_secret and stack.environment.is_local:
        prepare_stack_file(workspace, stack)  # as on first use
        again = " and set to a new random one"
    message(f"{setting} was removed from {_name(stack)}{again}. {_next(stack)}")


def _set_plain(workspace: Workspace, setting: SettingPath, value: str | None) -> str:
    """Write a plain value; returns how it reads."""
    if value is None:
        raise UsageError(f"{setting} needs a value: add --value VALUE.")
    typed = value if setting.is_text else typed_value(value)
    if has_encrypted(typed):
        raise UsageError("Nothing was written: {secure: ...} is how encrypted values are stored.")
    with editing(workspace, setting.stack) as file:
        whole = with_member(file.values.get(setting.key), setting.members, typed)
        setting.refuse(whole)
        file.set(setting.key, whole)
    return value_text(typed)


def _set_secret(target: Target, setting: SettingPath, text: str) -> None:
    setting.refuse(text)
    if setting.stack.environment.is_local:
        with editing(target.workspace, setting.stack) as file:
            file.set(setting.key, text, file.crypter(passphrase(target.workspace)))
    else:
        encrypt_by_cli(target, setting, text)


def _refuse_argument(setting: SettingPath, value: str | None) -> None:
    if value is not None:
        layer, where = setting.stack.layer.name, setting.stack.stack_name
        again = commands.set_secret(layer, str(setting).removeprefix(f"{layer}:"), where)
        raise UsageError(
            f"{setting} is to be secret, and others can see arguments (ps, the shell's history): "
            f"leave --value out and type it when asked, or pipe it in: {again}"
        )
    if setting.members:
        raise UsageError(f"{setting.key} is encrypted as a whole or not at all: name no member.")


def _name(stack: Stack) -> str:
    return f"stacks/{stack.layer.name}/{stack.file.name}"


def _next(stack: Stack) -> str:
    """The command that deploys it, or what is still to be set before."""
    try:
        refuse_settings([stack])
    except SettingRefused as error:
        return f"Before it can be deployed: {error}"
    return f"Next: ./invoke up {stack.layer.name}{stack.options}"
