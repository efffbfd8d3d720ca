"""The conditional put on a real DynamoDB (the emulator's)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

from common.record_table import put
from common.records import Record, StoredRecord

RECORD = Record(symbol="ACME", timestamp="2025-01-31T09:30:00.000000Z", price=Decimal("0.1"))
STORED = StoredRecord(record=RECORD, id="0", received_at="t", source="api")


def test_of_many_puts_one_is_stored_and_the_others_see_it(
    cloud: Callable[[str], Any], table: Callable[..., str]
) -> None:
    name = table("symbol", "timestamp")

    def attempt(n: int) -> StoredRecord | None:
        return put(cloud("dynamodb"), name, replace(STORED, id=str(n)))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(20)))
    assert found.count(None) == 1
    winner = str(found.index(None))
    assert {each.id for each in found if each} == {winner}
