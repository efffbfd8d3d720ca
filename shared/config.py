"""How a layer's settings are read from its stack file, and what is said when they are wrong.

Anything wrong is one sentence that names the key, what was expected and the command that mends it.
"""

from __future__ import annotations

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

from shared import stack
from shared.errors import ConfigError, RegionError
from shared.stack_name import ALLOWED_REGIONS, REGION, StackName
from shared.text import Form

Region = Annotated[str, Form(rf"^{REGION}$", "a region such as us-east-1")]


class Settings(BaseModel):
    """What every layer may be told."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    layer: ClassVar[str]
    parts: ClassVar[tuple[type[BaseModel], ...]] = ()
    """Models of values inside a setting, whose fields are described too."""

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
            raise RegionError(
                f"Region {where.region} is not one of {cls.layer}:allowed_regions "
                f"({', '.join(settings.allowed_regions)}), so nothing was created; deploy to one "
                f"of them or allow it: pulumi config set --path '{cls.layer}:allowed_regions[0]' "
                f"{where.region}"
            )
        return settings

    def misplaced(self, where: StackName) -> str:
        """What this stack expects instead of something that fits elsewhere; "" if nothing."""
        return ""

    @classmethod
    def checked(
        cls, configured: Mapping[str, str], *, sealed: Container[str], where: StackName
    ) -> Self:
        """The settings that a stack file tells, name → text; ConfigError for what is wrong.

        `sealed` are the names of those that it holds encrypted.
        """
        _refuse_plain_secrets(cls, configured, sealed)
        values = {name: _value(cls, name, text) for name, text in configured.items()}
        try:
            settings = cls.model_validate_json(json.dumps(values), strict=True)
        except ValidationError as error:
            raise ConfigError(_sentence(cls, error.errors()[0])) from None
        if wanted := settings.misplaced(where):
            raise ConfigError(_together(cls, wanted))
        return settings


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
    model: type[Settings], configured: Mapping[str, str], sealed: Container[str]
) -> None:
    for name in configured:
        info = model.model_fields.get(name)
        key = f"{model.layer}:{name}"
        if info is not None and is_secret(info) and name not in sealed:
            raise ConfigError(
                f"{key} is in the stack file in plain text (expected it encrypted); "
                f"replace it with: pulumi config set --secret {key}"
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


def _sentence(model: type[Settings], error: ErrorDetails) -> str:
    path = ".".join(str(part) for part in error["loc"])
    key = f"{model.layer}:{path}"
    if not path:
        return _together(model, _expected(error))
    if error["type"] == "extra_forbidden":
        known = ", ".join(sorted(model.model_fields))
        return (
            f"{key} is not a setting of layer {model.layer} (expected one of: {known}); "
            "remove it from the stack file, or with: "
            f"pulumi config rm {'--path ' if '.' in path else ''}{key}"
        )
    info = _field(model, error["loc"])
    flags = "--secret " if is_secret(info) else "--path " if "." in path else ""
    problem = "is missing" if error["type"] == "missing" else "is not usable"
    value = "" if is_secret(info) else " VALUE"
    return (
        f"{key} {problem} (expected: {_expected(error)}; {(info.description or '').rstrip('.')}); "
        f"set it in the stack file, or with: pulumi config set {flags}{key}{value}"
    )


def _together(model: type[Settings], wanted: str) -> str:
    """The sentence about settings that do not fit together."""
    return f"Layer {model.layer} expects {wanted}; see: pulumi config"


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
