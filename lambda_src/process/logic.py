"""Accepting a record: stored once, archived once, and the same answer to the same request."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from common.errors import Conflict, IdempotencyConflict
from common.records import Record, StoredRecord, time_text

from process.models import Accepted, Clash, Receipt

RECEIPT_LIFE: Final = timedelta(days=1)
"""How long an idempotency key is remembered; clients repeat within minutes."""


class Store(Protocol):
    """Where records and receipts are kept."""

    def insert(self, stored: StoredRecord, receipt: Receipt | None) -> Clash | None:
        """Write both or nothing; return what stood in the way."""

    def remember(self, receipt: Receipt) -> Receipt | None:
        """Write the receipt alone, or return the one that is there."""

    def archive(self, key: str, document: dict[str, Any]) -> None:
        """Write a document once; one that is there already stays as it is."""


def accept(store: Store, record: Record, *, token: str | None, now: datetime) -> Accepted:
    """Store the record unless it is there; Conflict when another one is.

    `token` is the request's identity (common.idempotency); None: it has no idempotency key.
    """
    stored = StoredRecord(
        record=record, id=uuid.uuid4().hex, received_at=time_text(now), source="api"
    )
    created = Accepted(stored=stored, created=True)
    receipt = _receipt(token, created, now)
    clash = store.insert(stored, receipt)
    if clash is None:
        return created
    if clash.receipt is not None:
        return _replayed(clash.receipt, record)
    return _already_there(store, stored, clash.record, receipt)


def archive_event(
    store: Store, accepted: Accepted, *, route: str, caller: str, correlation_id: str
) -> None:
    """Archive what happened. Only chosen facts: headers and credentials never get here."""
    document = {
        "id": accepted.stored.id,
        "received_at": accepted.stored.received_at,
        "route": route,
        "caller": caller,
        "correlation_id": correlation_id,
        "record": accepted.stored.shown(),
    }
    store.archive(accepted.archive_key, document)


def _receipt(token: str | None, accepted: Accepted, now: datetime) -> Receipt | None:
    if token is None:
        return None
    return Receipt(
        id=token,
        fingerprint=accepted.stored.record.fingerprint(),
        accepted=accepted,
        expires_at=int((now + RECEIPT_LIFE).timestamp()),
    )


def _replayed(receipt: Receipt, record: Record) -> Accepted:
    if receipt.fingerprint != record.fingerprint():
        raise IdempotencyConflict("The Idempotency-Key was used before, for another request.")
    return receipt.accepted


def _already_there(
    store: Store, wanted: StoredRecord, found: StoredRecord | None, receipt: Receipt | None
) -> Accepted:
    if found is None or found.record != wanted.record:
        raise Conflict("Another record stands under this symbol and timestamp.")
    # Our own id means that our write succeeded and only its answer was lost on the way.
    accepted = Accepted(stored=found, created=found.id == wanted.id)
    if receipt is None:
        return accepted
    earlier = store.remember(
        Receipt(
            id=receipt.id,
            fingerprint=receipt.fingerprint,
            accepted=accepted,
            expires_at=receipt.expires_at,
        )
    )
    return _replayed(earlier, wanted.record) if earlier else accepted
