from __future__ import annotations

import json
import math

import pytest

from localcloud.engine.errors import StateCorrupt
from localcloud.engine.state.state_values import from_state, to_state
from localcloud.engine.values.values import (
    SIGNATURE_KEY,
    UNKNOWN,
    Archive,
    Asset,
    OutputValue,
    ResourceReference,
    Secret,
)
from tests.localcloud.engine.stacks import crypter

TREE = Archive("assets", {"a.txt": Asset("text", "x", "h1"), "d": Archive("path", "./d")}, "h2")
VALUES = [
    None,
    True,
    0,
    -7,
    2.5,
    "",
    "é\u2028<&>",
    [],
    {},
    [1, [2, {"a": None}]],
    {"b": 1, "a": {"deep": ["x"]}},
    Secret("s"),
    Secret(None),
    Secret({"in": [Secret("nested"), UNKNOWN, 1.5]}),
    UNKNOWN,
    Asset("text", "hello", "abc"),
    Asset("text", ""),
    Asset("path", "./f", "abc"),
    Asset("uri", "https://example.org/f"),
    TREE,
    Archive("assets", {}),
    Archive("uri", "https://example.org/a.zip", "h"),
    ResourceReference("urn:pulumi:s::p::t::n"),
    ResourceReference("urn:pulumi:s::p::t::n", "id-1", "1.2.3"),
    math.inf,
    "bytes \udcff\udc80",
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_survives_the_state_file(value: object) -> None:
    text = json.dumps(to_state({"k": value}, crypter()))
    assert from_state(json.loads(text), crypter()) == {"k": value}


def test_nan_survives_too() -> None:
    assert math.isnan(from_state(to_state(math.nan, crypter()), crypter()))


def test_numbers_are_written_as_go_writes_them() -> None:
    assert json.dumps(to_state([2.0, 2.5, 1], None)) == "[2, 2.5, 1]"


def test_an_output_value_leaves_its_inside() -> None:
    assert from_state(to_state(OutputValue(1), None), None) == 1
    assert from_state(to_state(OutputValue(known=False), None), None) is UNKNOWN
    assert from_state(to_state(OutputValue("x", secret=True), crypter()), crypter()) == Secret("x")


def test_a_secret_is_not_written() -> None:
    value = {"a": [Secret("swordfish"), OutputValue("swordfish", secret=True)]}
    assert "swordfish" not in json.dumps(to_state(value, crypter()))


def test_equal_secrets_do_not_look_equal() -> None:
    first, second = to_state([Secret("x"), Secret("x")], crypter())
    assert first != second


def test_a_plaintext_secret_of_an_export_is_read() -> None:
    exported = {SIGNATURE_KEY: "1b47061264138c4ac30d75fd1eb44270", "plaintext": '{"a":1}'}
    assert from_state(exported, crypter()) == Secret({"a": 1})


def test_a_reference_with_a_wrapped_id_is_read() -> None:
    written = {SIGNATURE_KEY: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": {"V": "i"}}
    assert from_state(written, None) == ResourceReference("u", "i")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(StateCorrupt, match="unknown kind"):
        from_state({SIGNATURE_KEY: "ffff"}, None)


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        to_state(object(), None)
