"""Whether the stack files tell the layers what they may be told, before the first program runs.

Each program looks for itself, too: it may be run by the Pulumi CLI. But of five layers the last
would say so when the others are made already.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from orchestrator.checkout.stacks import Stack
from orchestrator.errors import SettingRefused
from shared.config import Settings, is_secret
from shared.errors import ConfigError
from shared.settings.layers import LAYERS

SEALED = "*" * 64
"""Stands for a secret: what it says is for its program alone to read."""

Said = dict[str, Any]
"""Setting → what the stack file says, as YAML."""


def refuse_settings(stacks: Iterable[Stack]) -> None:
    """SettingRefused for the first wrong setting of these stacks; layers of others are free."""
    for stack in stacks:
        if model := model_of(stack):
            _check(model, stack)


def model_of(stack: Stack) -> type[Settings] | None:
    """What a layer of ours may be told; None for a layer of others."""
    models = {model.layer: model for model in LAYERS}
    return models.get(stack.layer.name)


def _check(model: type[Settings], stack: Stack) -> None:
    said = said_in(stack)
    sealed = {name for name, value in said.items() if is_sealed(value)}
    texts = {name: as_text(value) for name, value in said.items() if _readable(model, name, value)}
    try:
        model.checked(texts, sealed=sealed, where=stack.stack_name)
    except ConfigError as error:
        raise SettingRefused(f"{stack.label}: {error}") from None


def is_sealed(value: Any) -> bool:
    """Whether the stack file holds a value encrypted."""
    return isinstance(value, dict) and "secure" in value


def said_in(stack: Stack) -> Said:
    """The layer's keys of the stack file without their namespace; secrets stay sealed."""
    from localcloud.embedded import Project, StackFile

    file = StackFile.load(Project.load(stack.layer.folder), stack.name)
    prefix = f"{stack.layer.name}:"
    return {
        key.removeprefix(prefix): value
        for key, value in file.values.items()
        if key.startswith(prefix)
    }


def _readable(model: type[Settings], name: str, value: Any) -> bool:
    """Whether more can be said of it than that it is there: a plain value, or a secret."""
    info = model.model_fields.get(name)
    return not is_sealed(value) or (info is not None and is_secret(info))


def as_text(value: Any) -> str:
    """As the program gets it: config is text."""
    if is_sealed(value):
        return SEALED
    return value if isinstance(value, str) else json.dumps(value)
