"""The canonical form of records."""

from __future__ import annotations

from decimal import Decimal

import pytest
from common.errors import InvalidBody
from common.records import Record, StoredRecord, canonical_time, shown_time

BODY = {"symbol": "ACME", "timestamp": "2025-01-31T09:30:00Z", "price": Decimal("12.5")}


@pytest.mark.parametrize(
    ("text", "stored", "shown"),
    [
        ("2025-01-31T09:30:00Z", "2025-01-31T09:30:00.000000Z", "2025-01-31T09:30:00Z"),
        ("2025-01-31T10:30:00+01:00", "2025-01-31T09:30:00.000000Z", "2025-01-31T09:30:00Z"),
        ("2025-01-31T09:30:00.1Z", "2025-01-31T09:30:00.100000Z", "2025-01-31T09:30:00.1Z"),
        ("2024-12-31T23:59:59.999999-00:30", "2025-01-01T00:29:59.999999Z", None),
        ("0999-01-01T00:00:00Z", "0999-01-01T00:00:00.000000Z", "0999-01-01T00:00:00Z"),
    ],
)
def test_times_have_one_stored_form(text: str, stored: str, shown: str | None) -> None:
    assert canonical_time(text) == stored
    assert shown_time(stored) == shown or shown is None
    assert canonical_time(shown_time(stored)) == stored


def test_stored_times_sort_as_time_goes() -> None:
    texts = ["2025-01-31T09:30:00Z", "2025-01-31T09:30:00.5Z", "2025-01-31T09:30:01Z"]
    stored = [canonical_time(text) for text in texts]
    assert stored == sorted(stored)  # type: ignore[type-var] # none of these is None


@pytest.mark.parametrize(
    "text",
    ["", "now", "2025-01-31", "2025-01-31T09:30:00", "2025-02-29T00:00:00Z", "20250131T093000Z"]
    + ["2025-01-31T09:60:00Z", "2025-01-31T09:30:60Z", "9999-12-31T23:59:59-01:00"]
    + ["2025-01-31T09:30:00Z\n", "2025-01-31T09:30:00+99:99", "٢٠٢٥-01-31T09:30:00Z"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert canonical_time(text) is None


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"price": Decimal("12.5")}, {"price": Decimal("12.500")}, True),
        ({"price": 100}, {"price": Decimal("1E2")}, True),
        ({"price": 0}, {"price": Decimal("-0.0")}, True),
        ({"price": 1}, {"price": Decimal("1.000000000000000001")}, False),
        ({"volume": 1}, {}, False),
        ({"currency": "EUR"}, {"currency": "USD"}, False),
    ],
)
def test_records_are_equal_when_they_say_the_same(
    first: dict[str, object], second: dict[str, object], same: bool
) -> None:
    one, other = Record.parse(BODY | first), Record.parse(BODY | second)
    assert (one == other) is same
    assert (one.fingerprint() == other.fingerprint()) is same


def test_a_price_too_fine_for_the_table_is_refused() -> None:
    assert Record.parse(BODY | {"price": Decimal("1E-18")}).price == Decimal("1E-18")
    with pytest.raises(InvalidBody, match="18 decimal places"):
        Record.parse(BODY | {"price": Decimal("1E-19")})


def test_the_source_is_kept_and_not_shown() -> None:
    stored = StoredRecord(record=Record.parse(BODY), id="i", received_at="t", source="s3://b/k")
    assert StoredRecord.from_attributes(stored.attributes()) == stored
    assert "s3://b/k" not in str(stored.shown())
    assert "volume" not in stored.shown()
