"""Stores in memory that keep the promises of the real ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from common.entities import Entity
from common.errors import NotFound
from common.records import StoredRecord
from ingest.models import Failure, ObjectGone, Progress, Upload
from process.models import Clash, Receipt


@dataclass
class Records:
    """The records table: what stands under a key stays."""

    rows: dict[tuple[str, str], StoredRecord] = field(default_factory=dict)

    def put(self, stored: StoredRecord) -> StoredRecord | None:
        key = (stored.record.symbol, stored.record.timestamp)
        found = self.rows.get(key)
        if found is None:
            self.rows[key] = stored
        return found

    def get(self, symbol: str, timestamp: str) -> StoredRecord | None:
        return self.rows.get((symbol, timestamp))

    def query(
        self, symbol: str, start: str, end: str, *, limit: int, after: str | None
    ) -> list[StoredRecord]:
        found = [
            row
            for (of, at), row in sorted(self.rows.items())
            if of == symbol and start <= at <= end and (after is None or at > after)
        ]
        return found[:limit]


@dataclass
class ProcessStore:
    """Records, receipts and the archive of `process`."""

    records: Records = field(default_factory=Records)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    archived: dict[str, dict[str, Any]] = field(default_factory=dict)

    def insert(self, stored: StoredRecord, receipt: Receipt | None) -> Clash | None:
        earlier = self.receipts.get(receipt.id) if receipt else None
        found = self.records.get(stored.record.symbol, stored.record.timestamp)
        if earlier or found:
            return Clash(record=found, receipt=earlier)
        self.records.put(stored)
        if receipt:
            self.receipts[receipt.id] = receipt
        return None

    def remember(self, receipt: Receipt) -> Receipt | None:
        earlier = self.receipts.get(receipt.id)
        if earlier is None:
            self.receipts[receipt.id] = receipt
        return earlier

    def archive(self, key: str, document: dict[str, Any]) -> None:
        self.archived.setdefault(key, document)


@dataclass
class IngestStore:
    """Uploads, records, progress and the DLQ of `ingest`."""

    content: bytes = b""
    records: Records = field(default_factory=Records)
    position: int = 0
    done: bool = False
    leased: bool = False
    failures: list[Failure] = field(default_factory=list)
    fail_at: int | None = None
    """The put of that number raises, as DynamoDB may."""
    puts: int = 0
    gone: bool = False

    def claim(self, upload: Upload, *, seconds: float) -> Progress | None:
        if self.done:
            return Progress(done=True)
        if self.leased:
            return None
        self.leased = True
        return Progress(position=self.position)

    def advance(self, upload: Upload, position: int, *, done: bool = False) -> None:
        assert self.leased
        self.position, self.done = position, done

    def release(self, upload: Upload) -> None:
        self.leased = False

    def open(self, upload: Upload) -> Iterable[bytes]:
        if self.gone:
            raise ObjectGone(f"{upload.key} does not exist any more.")
        return (self.content[start : start + 7] for start in range(0, len(self.content), 7))

    def put(self, stored: StoredRecord) -> StoredRecord | None:
        self.puts += 1
        if self.puts == self.fail_at:
            raise RuntimeError("DynamoDB is away")
        return self.records.put(stored)

    def report(self, upload: Upload, failure: Failure) -> None:
        self.failures.append(failure)


@dataclass
class EntityTable:
    """A table of users or items."""

    rows: dict[str, Entity] = field(default_factory=dict)

    def insert(self, entity: Entity) -> Entity | None:
        found = self.rows.get(entity.id)
        if found is None:
            self.rows[entity.id] = entity
        return found

    def get(self, id: str) -> Entity | None:
        return self.rows.get(id)

    def replace(self, entity: Entity, *, expected: int) -> Entity | None:
        found = self.rows.get(entity.id)
        if found is None or found.version != expected:
            return found
        written = replace(entity, created_at=found.created_at, origin=found.origin)
        self.rows[entity.id] = written
        return written

    def delete(self, id: str, *, expected: int) -> Entity | None:
        found = self.rows.get(id)
        if found is None:
            raise NotFound("There is none with this id.")
        if expected != found.version:
            return found
        del self.rows[id]
        return None

    def page(self, *, limit: int, after: str | None) -> list[Entity]:
        ids = sorted(id for id in self.rows if after is None or id > after)
        return [self.rows[id] for id in ids[:limit]]


class Keys:
    """A cursor signing key that does not change."""

    def current(self) -> bytes:
        return b"k"

    refreshed = current
