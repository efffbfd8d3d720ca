"""Receipts as the table keeps them."""

from __future__ import annotations

from decimal import Decimal

from common.dynamo import from_item, to_item
from common.records import Record, StoredRecord
from process.models import Accepted, Receipt


def test_a_receipt_survives_the_table() -> None:
    record = Record(symbol="A", timestamp="2025-01-31T09:30:00.000000Z", price=Decimal("0.1"))
    stored = StoredRecord(record=record, id="i", received_at="r", source="api")
    receipt = Receipt(
        id="t",
        fingerprint=record.fingerprint(),
        accepted=Accepted(stored=stored, created=True),
        expires_at=1738315800,
    )
    assert Receipt.from_attributes(from_item(to_item(receipt.attributes()))) == receipt
