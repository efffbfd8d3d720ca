"""Accepting a record, when things happen between two steps."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from common.records import Record, StoredRecord
from process import logic
from process.models import Clash, Receipt

from tests.lambda_src.memory import ProcessStore

NOW = datetime(2025, 1, 31, 9, 30, tzinfo=UTC)
RECORD = Record(symbol="ACME", timestamp="2025-01-31T09:30:00.000000Z", price=Decimal("12.5"))


def test_a_write_whose_answer_was_lost_still_counts_as_ours() -> None:
    class Lossy(ProcessStore):
        def insert(self, stored: StoredRecord, receipt: Receipt | None) -> Clash | None:
            super().insert(stored, receipt)
            return super().insert(stored, receipt)  # botocore repeats what it got no answer to

    assert logic.accept(Lossy(), RECORD, token=None, now=NOW).created


def test_the_archive_key_is_the_same_for_every_repetition() -> None:
    store = ProcessStore()
    first = logic.accept(store, RECORD, token=None, now=NOW)
    again = logic.accept(store, RECORD, token=None, now=datetime.now(UTC))
    assert first.archive_key == again.archive_key
    assert first.archive_key == f"logs/20250131T093000000000Z-{first.stored.id}.json"
