"""Checks the configuration in the stack files before the first program runs.

Each program checks its own, too: the Pulumi CLI may run it. But the last of five layers would
report its error when the others are deployed already.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from orchestrator.checkout.stacks import Stack
from orchestrator.errors import SettingRefused
from orchestrator.settings.encrypted import is_encrypted
from shared.errors import ConfigError
from shared.settings.config import Settings, is_secret
from shared.settings.models import MODELS

ENCRYPTED = "*" * 64
"""Stands for an encrypted value, which only its program reads."""

Values = dict[str, Any]
"""Setting → value in the stack file, as YAML."""


def refuse_settings(stacks: Iterable[Stack]) -> None:
    """SettingRefused for the first wrong setting of these stacks; layers of others are free."""
    for stack in stacks:
        if model := model_of(stack):
            _check(model, stack)


def model_of(stack: Stack) -> type[Settings] | None:
    """The settings of a layer of ours; None for a layer of others."""
    return MODELS.get(stack.layer.name)


def _check(model: type[Settings], stack: Stack) -> None:
    values = values_in(stack)
    encrypted = {name for name, value in values.items() if is_encrypted(value)}
    texts = {
        name: as_text(value) for name, value in values.items() if _readable(model, name, value)
    }
    try:
        model.checked(texts, sealed=encrypted, where=stack.stack_name)
    except ConfigError as error:
        raise SettingRefused(f"{stack.label}: {error}") from None


def values_in(stack: Stack) -> Values:
    """The layer's keys of the stack file without their namespace; secrets stay encrypted."""
    from localcloud.embedded import Project, StackFile

    file = StackFile.load(Project.load(stack.layer.folder), stack.name)
    prefix = f"{stack.layer.name}:"
    return {
        key.removeprefix(prefix): value
        for key, value in file.values.items()
        if key.startswith(prefix)
    }


def _readable(model: type[Settings], name: str, value: Any) -> bool:
    """Whether the model can check it: a plain value, or a secret, for which ENCRYPTED stands."""
    info = model.model_fields.get(name)
    return not is_encrypted(value) or (info is not None and is_secret(info))


def as_text(value: Any) -> str:
    """As the program gets it: config is text."""
    if is_encrypted(value):
        return ENCRYPTED
    return value if isinstance(value, str) else json.dumps(value)
