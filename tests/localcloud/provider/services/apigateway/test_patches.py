"""Patches: paths and values exactly as API Gateway wants them."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.provider.services.apigateway import patches


def test_a_slash_in_a_name_is_no_step_of_the_path() -> None:
    assert patches.pointer("records/{id}", "GET") == "/records~1{id}/GET"
    assert patches.pointer("a~b") == "/a~0b"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (None, ""), (5, "5"), (0.5, "0.5"), ("a b", "a b")],
)
def test_every_value_travels_as_text(value: Any, text: str) -> None:
    assert patches.replace("/x", value) == {"op": "replace", "path": "/x", "value": text}


def test_a_map_changes_member_by_member() -> None:
    old, new = {"gone": "1", "kept": "2", "changed": "3"}, {"kept": "2", "changed": "4", "new": "5"}
    assert patches.members("/variables", old, new) == [
        {"op": "remove", "path": "/variables/gone"},
        {"op": "replace", "path": "/variables/changed", "value": "4"},
        {"op": "replace", "path": "/variables/new", "value": "5"},
    ]
    assert patches.members("/variables", None, None) == []


def test_only_changed_fields_are_sent_and_absent_ones_are_cleared() -> None:
    paths = {"name": "/name", "description": "/description", "policy": "/policy"}
    sent = patches.fields(paths, {"name": "a"}, {"name", "description", "tags"})
    assert sent == [patches.replace("/description", ""), patches.replace("/name", "a")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("5.0", 5), ("7.5", 7.5), (10.0, 10), (3, 3), ("MONTH", "MONTH"), ("", ""),
     (None, None), (True, True)],
)  # fmt: skip
def test_numbers_that_became_text_are_numbers_again(text: Any, value: Any) -> None:
    assert patches.number(text) == value
    assert type(patches.number(text)) is type(value)


def test_flags_that_became_text_are_flags_again() -> None:
    flags = [patches.flag(value) for value in (True, "true", False, "false", "", None)]
    assert flags == [True, True, False, False, False, False]
