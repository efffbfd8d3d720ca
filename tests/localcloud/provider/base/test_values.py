"""Values go over the wire and come back; wrappers that the provider declined are taken off."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2

from localcloud.provider.base.values import (
    ARCHIVE,
    OUTPUT,
    RESOURCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    empty,
    from_struct,
    has_unknown,
    secret,
    to_struct,
)


def test_plain_values_come_back_as_they_were() -> None:
    values = {
        "text": "a",
        "whole": 3,
        "part": 1.5,
        "yes": True,
        "list": [1, "a", {"deep": [None]}],
        "empty": {},
        "none": [],
        "archive": {SIGNATURE: ARCHIVE, "hash": "h", "path": "p"},
    }
    assert from_struct(to_struct(values)) == values


def test_whole_numbers_are_ints_again() -> None:
    assert isinstance(from_struct(to_struct({"n": 3.0}))["n"], int)


def test_nulls_are_left_out() -> None:
    struct = struct_pb2.Struct()
    struct.fields["a"].null_value = struct_pb2.NULL_VALUE
    assert from_struct(struct) == {}
    assert to_struct({"a": None}) == struct_pb2.Struct()


@pytest.mark.parametrize(
    "wire", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"]
)
def test_unknowns_of_any_type_are_one(wire: str) -> None:
    assert from_struct(to_struct({"a": wire}))["a"] is UNKNOWN


def test_an_unknown_goes_out_as_pulumis_string() -> None:
    assert to_struct({"a": [UNKNOWN]}).fields["a"].list_value.values[0].string_value == (
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    )


def test_wrappers_are_taken_off() -> None:
    wrapped = {
        "secret": secret("s"),
        "deep": {"list": [secret(1)]},
        "output": {SIGNATURE: OUTPUT, "value": "v"},
        "later": {SIGNATURE: OUTPUT},
        "resource": {SIGNATURE: RESOURCE, "urn": "urn", "id": "id"},
    }
    assert from_struct(to_struct(wrapped)) == {
        "secret": "s",
        "deep": {"list": [1]},
        "output": "v",
        "later": UNKNOWN,
        "resource": "id",
    }
    assert secret("s")[SIGNATURE] == SECRET


def test_unknowns_are_found_at_any_depth() -> None:
    assert has_unknown({"a": [{"b": UNKNOWN}]})
    assert not has_unknown({"a": [{"b": "known"}]})


def test_false_and_zero_are_not_empty() -> None:
    nothing: tuple[Any, ...] = (None, "", [], {})
    assert all(empty(value) for value in nothing)
    assert not any(empty(value) for value in (False, 0, " ", [None]))
