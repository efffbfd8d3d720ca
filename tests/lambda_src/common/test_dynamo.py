"""Values to DynamoDB attributes and back."""

from __future__ import annotations

from decimal import Decimal

from common.dynamo import from_item, to_item


def test_values_come_back_as_they_were() -> None:
    values = {
        "text": "é",
        "whole": 10**30,
        "exact": Decimal("0.123456789012345678901234567890"),
        "yes": True,
        "map": {"list": ["a", Decimal("1.5")]},
        "empty": "",
    }
    assert from_item(to_item(values)) == values


def test_whole_numbers_are_ints_again_and_none_is_absent() -> None:
    item = to_item({"n": Decimal("1E+2"), "nothing": None})
    assert "nothing" not in item
    assert type(from_item(item)["n"]) is int
