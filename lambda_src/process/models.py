"""What accepting a record produces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from common.records import StoredRecord


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The record as it stands in the table, and whether this request put it there."""

    stored: StoredRecord
    created: bool

    @property
    def archive_key(self) -> str:
        """Where the event is archived: the same for every repetition of the request."""
        compact = re.sub(r"[-:.]", "", self.stored.received_at)
        return f"logs/{compact}-{self.stored.id}.json"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a client's idempotency key stood for, and what it was answered."""

    id: str
    """Hash over caller, route and key: the key itself is not kept."""
    fingerprint: str
    """Of the request's content."""
    accepted: Accepted
    expires_at: int
    """Unix seconds."""

    def attributes(self) -> dict[str, Any]:
        """As the idempotency table has it."""
        return {
            "id": self.id,
            "fingerprint": self.fingerprint,
            "created": self.accepted.created,
            "record": {
                name: value
                for name, value in self.accepted.stored.attributes().items()
                if value is not None
            },
            "expires_at": self.expires_at,
        }

    @classmethod
    def from_attributes(cls, values: dict[str, Any]) -> Receipt:
        """From what the idempotency table has."""
        stored = StoredRecord.from_attributes(values["record"])
        return cls(
            id=values["id"],
            fingerprint=values["fingerprint"],
            accepted=Accepted(stored=stored, created=values["created"]),
            expires_at=int(values["expires_at"]),
        )


@dataclass(frozen=True, kw_only=True)
class Clash:
    """What already stood where something was to be written; nothing was written."""

    record: StoredRecord | None = None
    receipt: Receipt | None = None
