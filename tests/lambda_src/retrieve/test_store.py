"""The store of `retrieve` on a real DynamoDB (the emulator's)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from common.record_table import put
from common.records import Record, StoredRecord
from retrieve.models import FIRST, LAST
from retrieve.store import DynamoStore

TIMES = [f"2025-01-31T09:30:00.00000{n}Z" for n in range(6)]


@pytest.fixture
def store(cloud: Callable[[str], Any], table: Callable[..., str]) -> DynamoStore:
    store = DynamoStore(table("symbol", "timestamp"))
    for symbol in ("ACME", "ACM"):
        for time in TIMES:
            record = Record(symbol=symbol, timestamp=time, price=Decimal("0.1"), currency="EUR")
            stored = StoredRecord(record=record, id=time, received_at=time, source="api")
            put(cloud("dynamodb"), store.table, stored)
    return store


def times(found: list[StoredRecord]) -> list[str]:
    assert {each.record.symbol for each in found} <= {"ACME"}
    return [each.record.timestamp for each in found]


def test_one_record_is_read_as_it_was_written(store: DynamoStore) -> None:
    found = store.get("ACME", TIMES[2])
    assert found is not None
    assert found.record == Record(
        symbol="ACME", timestamp=TIMES[2], price=Decimal("0.1"), currency="EUR"
    )
    assert store.get("ACME", LAST) is None


def test_ranges_limits_and_positions(store: DynamoStore) -> None:
    assert times(store.query("ACME", FIRST, LAST, limit=100, after=None)) == TIMES
    assert times(store.query("ACME", TIMES[1], TIMES[3], limit=100, after=None)) == TIMES[1:4]
    assert times(store.query("ACME", FIRST, LAST, limit=2, after=TIMES[2])) == TIMES[3:5]
    assert store.query("ACME", FIRST, LAST, limit=2, after=TIMES[-1]) == []
