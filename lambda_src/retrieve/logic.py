"""Reading records: one by its key, or a symbol's in pages."""

from __future__ import annotations

from typing import Protocol

from common.cursors import Cursors
from common.errors import NotFound
from common.paging import Page
from common.records import StoredRecord

from retrieve.models import Query


class Store(Protocol):
    """Where records are kept."""

    def get(self, symbol: str, timestamp: str) -> StoredRecord | None:
        """The record under that key."""

    def query(
        self, symbol: str, start: str, end: str, *, limit: int, after: str | None
    ) -> list[StoredRecord]:
        """At most `limit` records from start to end (both included), oldest first.

        `after`: only those later than this timestamp.
        """


def one(store: Store, symbol: str, timestamp: str) -> StoredRecord:
    """The record under that key, or NotFound."""
    found = store.get(symbol, timestamp)
    if found is None:
        raise NotFound("There is no record of that symbol at that time.")
    return found


def page(store: Store, query: Query, cursors: Cursors) -> Page:
    """The page that the cursor asks for, the first one without a cursor."""
    after = None
    if query.cursor is not None:
        after = cursors.read(query.words, query.cursor)["timestamp"]
    # One more than asked for tells whether there is a next page.
    found = store.query(query.symbol, query.start, query.end, limit=query.limit + 1, after=after)
    shown = found[: query.limit]
    more = len(found) > query.limit
    position = {"timestamp": shown[-1].record.timestamp} if more else {}
    return Page(
        items=[each.shown() for each in shown],
        cursor=cursors.issue(query.words, position) if more else None,
    )
