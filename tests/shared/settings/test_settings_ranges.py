"""Every setting has a range, and what is outside of it is one sentence that names the setting.

The wrong values are made from what the models themselves say is allowed, so that a new setting is
tried as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from shared.errors import ConfigError
from shared.settings.config import Settings
from shared.settings.models import MODELS
from shared.settings.network_security import NetworkSecurity
from tests.shared.program import in_stack
from tests.shared.settings.test_settings import SECRETS

Schema = dict[str, Any]

TEXTS = ("", "x", "\x00", "*", "a b", "x" * 5_000)
"""One of these breaks any rule for a text."""


class Wrong(NamedTuple):
    """A value that a setting does not take."""

    model: type[Settings]
    name: str
    value: Any

    @property
    def key(self) -> str:
        return f"{self.model.layer}:{self.name}"


def wrongs(schema: Schema, parts: dict[str, Schema]) -> Iterator[Any]:
    """Values just outside of what a JSON schema allows, and of another type."""
    if "$ref" in schema:
        yield from wrongs(parts[schema["$ref"].rpartition("/")[2]], parts)
        return
    if "anyOf" in schema:
        [schema] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    if "enum" in schema:
        yield from ("no such choice", {}, -1)
        return
    yield from KINDS[schema["type"]](schema, parts)


def _numbers(schema: Schema, _: dict[str, Schema]) -> Iterator[Any]:
    yield from ("some", [1], True)
    if schema["type"] == "integer":
        yield 7.5
    ends = {"minimum": -1, "exclusiveMinimum": 0, "maximum": 1, "exclusiveMaximum": 0}
    yield from (schema[end] + step for end, step in ends.items() if end in schema)


def _texts(schema: Schema, _: dict[str, Schema]) -> Iterator[Any]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 10**6)
    pattern = schema.get("pattern", "")
    bad = [t for t in TEXTS if not (least <= len(t) <= most and re.search(pattern, t))]
    yield from bad or ["\0"]  # a rule that no schema can say: it must refuse this at least


def _lists(schema: Schema, parts: dict[str, Schema]) -> Iterator[Any]:
    yield from ("some", {"a": 1})
    yield from ([value] for value in wrongs(schema["items"], parts))
    if schema.get("minItems"):
        yield []


def _objects(schema: Schema, parts: dict[str, Schema]) -> Iterator[Any]:
    yield from ([1], "some", 7)
    for name, part in schema.get("properties", {}).items():
        yield from ({name: value} for value in wrongs(part, parts))
    if schema.get("additionalProperties") is False:
        yield {"no such member": 1}
    names = schema.get("propertyNames", {}).get("enum", ["acme"])
    if isinstance(inner := schema.get("additionalProperties"), dict):
        yield from ({names[0]: value} for value in wrongs(inner, parts))


KINDS: dict[str, Callable[[Schema, dict[str, Schema]], Iterator[Any]]] = {
    "boolean": lambda _, __: iter(("perhaps", 1, [])),
    "integer": _numbers,
    "number": _numbers,
    "string": _texts,
    "array": _lists,
    "object": _objects,
}


def all_wrongs() -> Iterator[Wrong]:
    for model in MODELS.values():
        schema = model.model_json_schema()
        for name, part in schema["properties"].items():
            for value in wrongs(part, schema.get("$defs", {})):
                yield Wrong(model, name, value)


EVERY = list(all_wrongs())


@pytest.mark.parametrize("wrong", EVERY, ids=lambda w: f"{w.key}={str(w.value)[:20]!a}")
def test_a_value_out_of_range_is_one_sentence_that_names_the_setting(wrong: Wrong) -> None:
    text = wrong.value if isinstance(wrong.value, str) else json.dumps(wrong.value)
    secrets = dict(SECRETS) if wrong.model is NetworkSecurity else {}
    config = {} if wrong.key in secrets else {wrong.key: text}
    if wrong.key in secrets:
        secrets[wrong.key] = text
    with pytest.raises(ConfigError) as caught:
        in_stack(wrong.model.load, config=config, secrets=secrets)
    sentence = str(caught.value)
    assert sentence.startswith(wrong.key)
    assert "\n" not in sentence
    assert "expected" in sentence
    assert "pattern" not in sentence, "said in words, not as a regular expression"
    assert "./invoke " in sentence
    assert "Traceback" not in sentence
    if wrong.key in secrets and len(text) > 1:
        assert text not in sentence


def test_every_setting_has_a_range() -> None:
    tried = {wrong.key for wrong in EVERY}
    assert tried == {
        f"{model.layer}:{name}" for model in MODELS.values() for name in model.model_fields
    }
