"""Validation against the JSON Schemas that the API edge validates with too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

from common.errors import InvalidBody

SCHEMAS = Path(__file__).with_name("schemas")


@cache
def validator(name: str) -> Callable[[Any], Any]:
    """Compile `schemas/<name>.json` once per function instance (a few milliseconds)."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    compiled: Callable[[Any], Any] = fastjsonschema.compile(schema, use_default=False)
    return compiled


def validated(value: Any, schema: str) -> Mapping[str, Any]:
    """Return the value if it fits the schema; InvalidBody says where it does not."""
    try:
        result: Mapping[str, Any] = validator(schema)(value)
    except fastjsonschema.JsonSchemaValueException as error:
        raise InvalidBody(_sentence(error)) from None
    return result


def _sentence(error: fastjsonschema.JsonSchemaValueException) -> str:
    where = ".".join(str(step)[:64] for step in error.path[1:]) or "The body"
    if error.rule == "additionalProperties":
        return f"{where} holds a property that is not allowed here."
    if error.rule == "required":
        missing = [name for name in error.rule_definition if name not in error.value]
        return f"{where} must contain {', '.join(missing)}."
    return f"{where} must satisfy {error.rule}: {error.rule_definition}."
