from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.engine.errors import ConfigInvalid, ConfigMissing, EngineError, ProjectInvalid
from localcloud.engine.project.config import Config, declarations, full_key, resolve
from tests.localcloud.engine.stacks import crypter


def resolved(raw: dict[str, Any], block: dict[str, Any] | None = None) -> Config:
    return resolve(raw, declarations(block, "app"), crypter(), "dev")


def encrypted(text: str) -> dict[str, str]:
    return {"secure": crypter().encrypt(text)}


def test_values_become_texts_as_the_program_expects_them() -> None:
    raw = {
        "app:b": True,
        "app:i": 5,
        "app:f": 2.5,
        "app:w": 2.0,
        "app:s": "007",
        "app:n": None,
    }
    expected = {"app:b": "true", "app:i": "5", "app:f": "2.5", "app:w": "2", "app:s": "007"}
    assert resolved(raw).values == expected | {"app:n": "null"}


def test_objects_become_json_and_their_secrets_make_them_secret() -> None:
    config = resolved(
        {"app:o": {"z": [1, {"pw": encrypted("hidden")}], "a": "x"}, "app:p": {"a": 1}}
    )
    assert json.loads(config.values["app:o"]) == {"z": [1, {"pw": "hidden"}], "a": "x"}
    assert config.secret_keys == {"app:o"}


def test_secrets_are_opened_for_the_program_only() -> None:
    config = resolved({"app:t": encrypted("swordfish")})
    assert config.values == {"app:t": "swordfish"}
    assert config.secret_keys == {"app:t"}
    assert "swordfish" not in json.dumps(config.stored)
    assert "swordfish" not in repr(config)


def test_defaults_and_values_of_the_project_hold_unless_the_stack_says_otherwise() -> None:
    block = {
        "short": 3,
        "size": {"type": "integer", "default": 4},
        "names": {"type": "array", "items": {"type": "string"}, "default": ["a"]},
        "aws:region": {"value": "us-east-1"},
        "aws:profile": "p",
    }
    values = resolved({"app:size": 9}, block).values
    assert values == {
        "app:short": "3",
        "app:size": "9",
        "app:names": '["a"]',
        "aws:region": "us-east-1",
        "aws:profile": "p",
    }


def test_all_missing_keys_are_named_at_once_with_the_command() -> None:
    block = {"one": {"type": "string"}, "two": {"description": "d"}, "three": {"default": 1}}
    with pytest.raises(ConfigMissing, match=r"app:one, app:two: `pulumi config set app:one"):
        resolved({}, block)


TYPES: list[tuple[dict[str, Any], Any, bool]] = [
    ({"type": "string"}, "x", True),
    ({"type": "string"}, 5, True),  # the CLI, too, sees the text of a scalar
    ({"type": "string"}, {"a": 1}, False),
    ({"type": "integer"}, 5, True),
    ({"type": "integer"}, "-5", True),
    ({"type": "integer"}, 2.5, False),
    ({"type": "integer"}, "five", False),
    ({"type": "integer"}, True, False),
    ({"type": "boolean"}, True, True),
    ({"type": "boolean"}, "false", True),
    ({"type": "boolean"}, "yes", False),
    ({"type": "boolean"}, 1, False),
    ({"type": "object"}, {"a": 1}, True),
    ({"type": "object"}, "x", False),
    ({"type": "array", "items": {"type": "string"}}, ["a"], True),
    ({"type": "array", "items": {"type": "string"}}, "a", False),
    ({"type": "array", "items": {"type": "integer"}}, ["a"], False),
    ({"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}, [[True]], True),
    ({"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}, [["x"]], False),
]


@pytest.mark.parametrize(("declared", "value", "fits"), TYPES, ids=str)
def test_types_are_checked(declared: dict[str, Any], value: object, fits: bool) -> None:
    if fits:
        assert "app:k" in resolved({"app:k": value}, {"k": declared}).values
    else:
        with pytest.raises(ConfigInvalid, match="app:k of stack dev must be of type"):
            resolved({"app:k": value}, {"k": declared})


def test_a_wrong_type_is_named_as_the_cli_names_it() -> None:
    declared = {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}
    with pytest.raises(ConfigInvalid, match="array<array<integer>>"):
        resolved({"app:k": "x"}, {"k": declared})


def test_a_secret_must_be_encrypted_and_is_typed_inside() -> None:
    block = {"k": {"type": "integer", "secret": True}}
    assert resolved({"app:k": encrypted("5")}, block).values == {"app:k": "5"}
    with pytest.raises(ConfigInvalid, match="encrypted"):
        resolved({"app:k": 5}, block)
    with pytest.raises(ConfigInvalid, match="integer") as caught:
        resolved({"app:k": encrypted("swordfish")}, block)
    assert "swordfish" not in str(caught.value)


def test_a_damaged_secret_is_named() -> None:
    with pytest.raises(ConfigInvalid, match="app:t"):
        resolved({"app:t": {"secure": "v1:AAAA:BBBB"}})


@pytest.mark.parametrize(
    "block",
    [
        ["x"],
        {"k": {"type": "integer", "default": "x"}},
        {"k": {"type": "text"}},
        {"k": {"type": "array"}},
        {"k": {"default": 1, "value": 2}},
        {"k": {"typo": "integer"}},
        {"aws:region": {"type": "string", "value": "x"}},
        {"aws:region": {"description": "no value"}},
    ],
    ids=str,
)
def test_a_bad_declaration_is_refused(block: Any) -> None:
    with pytest.raises(ProjectInvalid, match=r"Pulumi\.yaml"):
        declarations(block, "app")


def test_keys_are_completed() -> None:
    assert full_key("a", "app") == "app:a"
    assert full_key("aws:a", "app") == "aws:a"
    assert full_key("aws:config:a", "app") == "aws:a"
    with pytest.raises(EngineError, match="a:b:c"):
        full_key("a:b:c", "app")
