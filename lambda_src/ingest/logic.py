"""Ingesting an upload: every element ends up stored once, or once in the DLQ.

Deliveries come twice, at once, late and after crashes. So an invocation takes a lease on it
and settles its elements in batches, noting after each how far it is. Whoever comes next goes
on there; an upload that is done is skipped. Records are put conditionally, so repeating the batch
in which a crash happened changes nothing in the table; at worst that one batch's failures are in
the DLQ twice, under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import dropwhile, islice
from typing import Final, Protocol

from common import payload
from common.errors import Conflict, InvalidJson, ServiceError
from common.records import Record, StoredRecord, time_text

from ingest.elements import elements
from ingest.models import Busy, Element, Failure, ObjectGone, OutOfTime, Progress, Summary, Upload

BATCH: Final = 50
"""Elements between two notes of progress."""
WORKERS: Final = 8
"""Puts under way at once: most of a put is waiting."""
RESERVE: Final = 2.0
"""Seconds of the function's time that are kept for the end of a batch."""

Rejected = Callable[[Failure], None]
"""Who is told of each record that is not stored, in the order of the file."""


class Store(Protocol):
    """What ingesting needs of AWS."""

    def claim(self, upload: Upload, *, seconds: float) -> Progress | None:
        """Take the lease for that long; None: somebody else has it."""

    def advance(self, upload: Upload, position: int, *, done: bool = False) -> None:
        """Note that all elements before `position` are settled; LeaseLost without the lease."""

    def release(self, upload: Upload) -> None:
        """Give the lease back; the position stays."""

    def open(self, upload: Upload) -> Iterable[bytes]:
        """The object in chunks; ObjectGone if it does not exist any more."""

    def put(self, stored: StoredRecord) -> StoredRecord | None:
        """Store the record, or return the one that stands under its key."""

    def report(self, upload: Upload, failure: Failure) -> None:
        """Send the failure to the DLQ."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Time: how much the function has left (seconds), and how to wait."""

    remaining: Callable[[], float]
    sleep: Callable[[float], None]


def ingest(
    store: Store, upload: Upload, clock: Clock, summary: Summary, rejected: Rejected
) -> None:
    """Settle what is left of an upload; raises when the event must be delivered again."""
    progress = _claimed(store, upload, clock)
    if progress.done:
        summary.duplicates += 1
        return
    try:
        _settle(store, upload, progress.position, clock, summary, rejected)
    except BaseException:
        store.release(upload)
        raise


def put(store: Store, upload: Upload, element: Element) -> bool | Failure:
    """Store one element: True when it is new, False when it was there, else why it cannot be."""
    try:
        record = Record.parse(_value(element))
        stored = StoredRecord(
            record=record,
            id=upload.digest(element.index),
            received_at=time_text(datetime.now(UTC)),
            source=upload.uri,
        )
        found = store.put(stored)
        if found is not None and found.record != record:
            raise Conflict("Another record stands under this symbol and timestamp.")
    except ServiceError as error:
        return Failure(code=error.code, message=str(error), logged=error.logged, element=element)
    return found is None or found.id == stored.id


def _value(element: Element) -> object:
    if element.problem:
        raise InvalidJson(f"The element cannot be read: {element.problem}.")
    return payload.loads(element.text)


def _claimed(store: Store, upload: Upload, clock: Clock) -> Progress:
    while True:
        progress = store.claim(upload, seconds=clock.remaining() + 1)
        if progress is not None:
            return progress
        if clock.remaining() < 2 * RESERVE:
            raise Busy(f"another invocation is at work on {upload.key}")
        clock.sleep(1)


def _settle(
    store: Store, upload: Upload, start: int, clock: Clock, summary: Summary, rejected: Rejected
) -> None:
    position = start
    try:
        unread = dropwhile(lambda each: each.index < start, elements(store.open(upload)))
        with ThreadPoolExecutor(WORKERS) as workers:
            for batch in _batches(unread):
                if clock.remaining() < RESERVE:
                    raise OutOfTime(f"{upload.key} is settled up to element {position}")
                results = list(workers.map(lambda each: _settled(store, upload, each), batch))
                _add(summary, results, rejected)
                position = batch[-1].index + 1
                store.advance(upload, position)
    except ObjectGone as gone:
        nothing = Element(index=position, text="", problem=str(gone))
        reason = str(gone)
        failure = Failure(code="object_gone", message=reason, logged=reason, element=nothing)
        store.report(upload, failure)
        _add(summary, [failure], rejected)
    store.advance(upload, position, done=True)


def _settled(store: Store, upload: Upload, element: Element) -> bool | Failure:
    result = put(store, upload, element)
    if isinstance(result, Failure):
        store.report(upload, result)
    return result


def _batches(items: Iterator[Element]) -> Iterator[list[Element]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def _add(summary: Summary, results: Sequence[bool | Failure], rejected: Rejected) -> None:
    failures = [each for each in results if isinstance(each, Failure)]
    summary.stored += sum(each is True for each in results)
    summary.unchanged += sum(each is False for each in results)
    summary.failed += len(failures)
    for failure in failures:
        rejected(failure)
