"""Pages at their edges."""

from __future__ import annotations

from decimal import Decimal

from common.cursors import Cursors
from common.records import Record, StoredRecord
from retrieve import logic
from retrieve.models import Query

from tests.lambda_src.memory import Keys, Records


def test_a_full_last_page_has_no_cursor() -> None:
    store = Records()
    for n in range(4):
        time = f"2025-01-31T09:3{n}:00.000000Z"
        record = Record(symbol="ACME", timestamp=time, price=Decimal(n))
        store.put(StoredRecord(record=record, id="i", received_at=time, source="api"))
    cursors = Cursors(Keys())
    first = logic.page(store, Query.of("ACME", {"limit": "2"}), cursors)
    assert first.cursor
    last = logic.page(store, Query.of("ACME", {"limit": "2", "cursor": first.cursor}), cursors)
    assert (len(last.items), last.cursor) == (2, None)
