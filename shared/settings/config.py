"""How a layer's settings are read from its stack file, and what is said when they are wrong.

Anything wrong is one sentence that names the key, what was expected and the command that mends it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Container, Mapping
from typing import Annotated, Any, ClassVar, Self

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from shared import commands, stack
from shared.errors import ConfigError, RegionError
from shared.settings.text import Form
from shared.settings.withdrawal import Configured, Outputs, Release, Withdrawal
from shared.stack_name import ALLOWED_REGIONS, REGION, StackName

A_KEY = "[key]"
"""How pydantic says, last in an error's place, that it is about the name before it."""

Region = Annotated[str, Form(rf"^{REGION}$", "a region such as us-east-1")]


class Settings(BaseModel):
    """What every layer may be told."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    layer: ClassVar[str]
    parts: ClassVar[tuple[type[BaseModel], ...]] = ()
    """Models of values inside a setting, whose fields are described too."""
    releases: ClassVar[Mapping[str, Release]] = {}
    """Field of an upstream that may be withdrawn → how this layer lets go of it."""

    allowed_regions: tuple[Region, ...] = Field(
        default=ALLOWED_REGIONS,
        min_length=1,
        description="Regions that stacks may stand in and roles may call; the home region and "
        "the second region by default.",
    )

    @classmethod
    def load(cls) -> Self:
        """The settings of the stack that runs, checked before any resource is registered."""
        where = stack.current()
        configured = _configured(cls.layer)
        sealed = {name for name in configured if is_config_secret(f"{cls.layer}:{name}")}
        settings = cls.checked(configured, sealed=sealed, where=where)
        if where.region not in settings.allowed_regions:
            regions = json.dumps([*settings.allowed_regions, where.region])
            allow = commands.set_plain(cls.layer, "allowed_regions", where, regions)
            raise RegionError(
                f"Region {where.region} is not one of {cls.layer}:allowed_regions "
                f"({', '.join(settings.allowed_regions)}), so nothing was created; deploy to one "
                f"of them or allow it: {allow}"
            )
        return settings

    def misplaced(self, where: StackName) -> str:
        """What this stack expects instead of something that fits elsewhere; "" if nothing."""
        return ""

    @classmethod
    def withdraws(cls, configured: Configured, published: Outputs) -> Withdrawal | None:
        """What the next deployment takes away that others may hold on to; None if nothing."""
        return None

    @classmethod
    def checked(
        cls, configured: Mapping[str, str], *, sealed: Container[str], where: StackName
    ) -> Self:
        """The settings that a stack file tells, name → text; ConfigError for what is wrong.

        `sealed` are the names of those that it holds encrypted.
        """
        _refuse_plain_secrets(cls, configured, sealed, where)
        values = {name: _value(cls, name, text) for name, text in configured.items()}
        try:
            settings = cls.model_validate_json(json.dumps(values), strict=True)
        except ValidationError as error:
            raise ConfigError(_sentence(cls, error.errors()[0], where)) from None
        if wanted := settings.misplaced(where):
            raise ConfigError(_together(cls, wanted, where))
        return settings

    @classmethod
    def refuse(cls, name: str, text: str) -> None:
        """ConfigError if a setting may not be told this, whatever the others are told."""
        try:
            value = _value(cls, name, text)
            cls.model_validate_json(json.dumps({name: value}), strict=True)
        except ValidationError as error:
            for each in error.errors():
                if each["loc"][:1] == (name,):
                    raise ConfigError(_problem(cls, each)) from None


def reveal(value: SecretStr) -> pulumi.Output[str]:
    """A secret setting as a secret output, the only form in which it may reach a resource."""
    return pulumi.Output.secret(value.get_secret_value())


def is_secret(info: FieldInfo) -> bool:
    """Whether a field's value must be encrypted in the stack file."""
    return info.annotation is SecretStr


def _configured(layer: str) -> dict[str, str]:
    """The layer's keys of the stack file, without their namespace."""
    prefix = f"{layer}:"
    return {
        key.removeprefix(prefix): value
        for key, value in CONFIG.get().items()
        if key.startswith(prefix)
    }


def _refuse_plain_secrets(
    model: type[Settings],
    configured: Mapping[str, str],
    sealed: Container[str],
    where: StackName,
) -> None:
    for name in configured:
        info = model.model_fields.get(name)
        key = f"{model.layer}:{name}"
        if info is not None and is_secret(info) and name not in sealed:
            raise ConfigError(
                f"{key} is in Pulumi.{where}.yaml in plain text (expected it encrypted); "
                f"replace it with: {commands.set_secret(model.layer, name, where)}"
            )


def _value(model: type[Settings], name: str, text: str) -> Any:
    """Config holds strings; what the field does not take as text is read as JSON."""
    info = model.model_fields.get(name)
    if info is None or info.annotation in (str, SecretStr):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _sentence(model: type[Settings], error: ErrorDetails, where: StackName) -> str:
    """What is wrong, and the command that mends it."""
    if not error["loc"]:
        return _together(model, _expected(error), where)
    if error["type"] == "extra_forbidden":
        mend = commands.remove(model.layer, _path(error), where)
        return f"{_problem(model, error)}; remove it from Pulumi.{where}.yaml, or with: {mend}"
    secret = is_secret(_field(model, error["loc"]))
    command = commands.set_secret if secret else commands.set_plain
    mend = command(model.layer, _settable(error["loc"]), where)
    return f"{_problem(model, error)}; set it in Pulumi.{where}.yaml, or with: {mend}"


def _problem(model: type[Settings], error: ErrorDetails) -> str:
    """What is wrong with one setting, and what was expected."""
    key = f"{model.layer}:{_path(error)}"
    if error["type"] == "extra_forbidden":
        places = model.parts if len(error["loc"]) > 1 else (model,)
        known = ", ".join(sorted(name for place in places for name in place.model_fields))
        return f"{key} is not a setting of layer {model.layer} (expected one of: {known})"
    problem = "is missing" if error["type"] == "missing" else "is not usable"
    about = (_field(model, error["loc"]).description or "").rstrip(".")
    return f"{key} {problem} (expected: {_expected(error)}; {about})"


def _path(error: ErrorDetails) -> str:
    return ".".join(str(part) for part in error["loc"] if part != A_KEY)


def _settable(location: tuple[int | str, ...]) -> str:
    """The innermost part that can be told alone: members by name can, items of lists cannot."""
    steps = location[:-2] if location[-1] == A_KEY else location
    return ".".join(map(str, itertools.takewhile(lambda step: isinstance(step, str), steps)))


def _together(model: type[Settings], wanted: str, where: StackName) -> str:
    """The sentence about settings that do not fit together."""
    return f"Layer {model.layer} expects {wanted}; see: {commands.show(model.layer, where)}"


def _field(model: type[Settings], location: tuple[int | str, ...]) -> FieldInfo:
    """The innermost described field that an error is about."""
    nested = {name: info for part in model.parts for name, info in part.model_fields.items()}
    inner = [nested[str(step)] for step in location[1:] if step in nested]
    return inner[-1] if inner else model.model_fields[str(location[0])]


def _expected(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "a value"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return message[:1].lower() + message[1:]
