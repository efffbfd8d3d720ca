"""JSON that keeps every digit."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from common import payload
from common.errors import InvalidJson


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1.50", "1.5"),
        ("100", "100"),
        ("1e2", "100"),
        ("1E-5", "0.00001"),
        ("-0.0", "0"),
        ("-0", "0"),
        ("0e999999", "0"),
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
        ('{"a":[1,true,null,"é\\n\\u0000"]}', '{"a":[1,true,null,"é\\n\\u0000"]}'),
    ],
)
def test_what_is_read_is_written_exactly(text: str, written: str) -> None:
    assert payload.dumps(payload.loads(text)) == written


def test_numbers_are_never_floats() -> None:
    values = payload.loads("[1, 1.0, 1e1, 123456789012345678901234567890]")
    assert [type(value) for value in values] == [int, Decimal, Decimal, int]


def test_any_json_comes_through_unchanged() -> None:
    value = {"text": 'quotes " and \\', "list": [{}, [], ""], "big": 2**60, "none": None}
    assert json.loads(payload.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "1e126",
        "1e-131",
        "9" * 65,
        '{"a":1,"a":1}',
        '{"b":{"a":1,"a":1}}',
        '"\\udc00"',
        '{"\\ud800":1}',
        "[" * 100_000,
        "",
        "{'a':1}",
        "01",
        "1 2",
    ],
)
def test_what_is_no_strict_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidJson):
        payload.loads(text)


def test_a_surrogate_pair_is_one_character() -> None:
    assert payload.loads('"\\ud83d\\ude00"') == "😀"
