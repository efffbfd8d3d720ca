from __future__ import annotations

import pytest

from orchestrator.errors import UsageError
from orchestrator.settings.typed_value import stored_value, typed_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("2.5", 2.5),
        ("true", True),
        ("null", None),
        ('"5"', "5"),
        ('["a", 1]', ["a", 1]),
        ('{"a": {"b": []}}', {"a": {"b": []}}),
        (" [1]", [1]),
        ("yes", "yes"),
        ("True", "True"),
        ("007", "007"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("", ""),
        ("a [b]", "a [b]"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_json_is_taken_for_what_it_is_and_all_else_for_text(text: str, value: object) -> None:
    found = typed_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["[1,", "{", "[a, b]", "{a: 1}", " [", "[NaN]", "['a']", "[1] 2"])
def test_a_list_or_object_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"not valid JSON \(.*\)\. Lists and objects") as caught:
        typed_value(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '[{"b": {"a": 1, "a": 1}}]'])
def test_a_key_that_is_there_twice_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="the key 'a' twice"):
        typed_value(text)


def test_a_value_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        typed_value("[" * 20_000)


@pytest.mark.parametrize(
    ("stored", "value"), [('{"a": 1}', {"a": 1}), ("[1,", "[1,"), ("x", "x"), (5, 5)]
)
def test_what_a_file_holds_is_never_refused(stored: object, value: object) -> None:
    assert stored_value(stored) == value
