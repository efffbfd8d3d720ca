"""A record: what a symbol cost at a moment, in one canonical form.

Two requests that say the same in different words (another offset, trailing zeros) are one record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Self

from common import payload
from common.amounts import exact_amount
from common.errors import InvalidBody
from common.validation import validated

SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,11}")
TIMESTAMP: Final = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the caller says; equal when it says the same."""

    symbol: str
    timestamp: str
    """UTC with six decimals, `2025-01-31T09:30:00.000000Z`, so that text order is time order."""
    price: Decimal
    volume: int | None = None
    currency: str | None = None

    @classmethod
    def parse(cls, body: Any) -> Self:
        """Make a record of a JSON value; InvalidBody says what is wrong with it."""
        fields = validated(body, "Record")
        return cls(
            symbol=fields["symbol"],
            timestamp=_stored_time(fields["timestamp"]),
            price=exact_amount("price", fields["price"]),
            volume=fields.get("volume"),
            currency=fields.get("currency"),
        )

    def fingerprint(self) -> str:
        """Equal for equal records, and only for those."""
        words = payload.dumps([self.symbol, self.timestamp, self.price, self.volume, self.currency])
        return hashlib.sha256(words.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class StoredRecord:
    """A record with what the service knows about it."""

    record: Record
    id: str
    received_at: str
    source: str
    """Where it came from: `api`, or the uploaded object; not shown to callers."""

    def attributes(self) -> dict[str, Any]:
        """As the table has it."""
        return {**_fields(self.record), **self._origin(), "source": self.source}

    @classmethod
    def from_attributes(cls, values: Mapping[str, Any]) -> Self:
        """From what the table has."""
        record = Record(
            symbol=values["symbol"],
            timestamp=values["timestamp"],
            price=Decimal(values["price"]),
            volume=values.get("volume"),
            currency=values.get("currency"),
        )
        return cls(
            record=record,
            id=str(values.get("id", "")),
            received_at=str(values.get("received_at", "")),
            source=str(values.get("source", "")),
        )

    def shown(self) -> dict[str, Any]:
        """As callers see it (schema StoredRecord)."""
        values = {**_fields(self.record), **self._origin()}
        values["timestamp"] = shown_time(self.record.timestamp)
        return {name: value for name, value in values.items() if value is not None}

    def _origin(self) -> dict[str, str]:
        return {"id": self.id, "received_at": self.received_at}


def canonical_time(text: str) -> str | None:
    """The stored form of an RFC 3339 time, or None if it is not one."""
    if not TIMESTAMP.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time_text(moment)


def time_text(moment: datetime) -> str:
    """A moment in the stored form."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def shown_time(stored: str) -> str:
    """The stored form without an empty fraction: `2025-01-31T09:30:00Z`."""
    return stored.removesuffix("Z").rstrip("0").rstrip(".") + "Z" if "." in stored else stored


def _stored_time(text: str) -> str:
    stored = canonical_time(text)
    if stored is None:
        raise InvalidBody("timestamp is not a time that exists (RFC 3339, years 1 to 9999).")
    return stored


def _fields(record: Record) -> dict[str, Any]:
    return {
        "symbol": record.symbol,
        "timestamp": record.timestamp,
        "price": record.price,
        "volume": record.volume,
        "currency": record.currency,
    }
