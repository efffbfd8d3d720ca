"""Uploads under duplicates, crashes and poison: each element is settled once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from ingest import logic
from ingest.models import Busy, Failure, OutOfTime, Summary, Upload

from tests.lambda_src.memory import IngestStore

UPLOAD = Upload(bucket="uploads", key="a.json", version_id="v1", revision="v1")


def record(n: int) -> dict[str, object]:
    return {"symbol": "ACME", "timestamp": f"2025-01-31T{n // 60:02}:{n % 60:02}:00Z", "price": n}


POISON = [
    ('{"poison":}', "invalid_json"),
    ('{"symbol": "A"}', "invalid_body"),
    ("[" * 5000 + "]" * 5000, "invalid_json"),
    ('"\udcff"', "invalid_json"),
    ('{"symbol":"A","symbol":"B"}', "invalid_json"),
    ("", "invalid_json"),
]


def content(count: int, *, poison: int = 0) -> bytes:
    texts = [json.dumps(record(n)) for n in range(count)] + [text for text, _ in POISON[:poison]]
    return ("[" + ",".join(texts) + "]").encode("utf-8", "surrogateescape")


def clock(*readings: float, sleep: Callable[[float], None] | None = None) -> logic.Clock:
    left = list(readings)
    return logic.Clock(
        remaining=lambda: left.pop(0) if len(left) > 1 else left[0],
        sleep=sleep or (lambda _seconds: None),
    )


def ingest(store: IngestStore, when: logic.Clock | None = None) -> Summary:
    summary = Summary()
    rejected: list[Failure] = []
    logic.ingest(store, UPLOAD, when or clock(15), summary, rejected.append)
    assert len(rejected) == summary.failed
    return summary


def test_good_records_are_stored_and_poison_is_reported_with_its_reason() -> None:
    store = IngestStore(content(70, poison=len(POISON)))
    summary = ingest(store)
    assert (summary.stored, summary.failed) == (70, len(POISON))
    assert len(store.records.rows) == 70
    reported = {failure.element.index: failure.code for failure in store.failures}
    assert reported == {70 + index: code for index, (_, code) in enumerate(POISON)}


def test_a_second_delivery_changes_nothing() -> None:
    store = IngestStore(content(70, poison=2))
    ingest(store)
    rows, failures = dict(store.records.rows), list(store.failures)
    again = ingest(store)
    assert again == Summary(duplicates=1)
    assert (store.records.rows, store.failures) == (rows, failures)


def test_the_retry_of_a_crash_goes_on_at_the_batch_that_failed() -> None:
    store = IngestStore(content(120), fail_at=75)
    with pytest.raises(RuntimeError):
        ingest(store)
    assert (store.position, store.leased, store.done) == (50, False, False)
    summary = ingest(store)
    assert store.done
    assert len(store.records.rows) == 120
    assert summary.stored == 70  # the batch that failed counts again, what was settled does not
    assert not store.failures


def test_an_invocation_that_runs_out_of_time_says_so_and_keeps_what_it_did() -> None:
    store = IngestStore(content(120))
    with pytest.raises(OutOfTime):
        ingest(store, clock(15, 15, 1))
    assert store.position == 50
    ingest(store)
    assert len(store.records.rows) == 120


def test_an_upload_that_another_invocation_is_at_is_waited_for() -> None:
    store = IngestStore(content(3), leased=True)

    def other_one_finishes(_seconds: float) -> None:
        store.leased, store.done = False, True

    assert ingest(store, clock(15, sleep=other_one_finishes)) == Summary(duplicates=1)


def test_waiting_ends_before_the_function_does() -> None:
    store = IngestStore(content(3), leased=True)
    with pytest.raises(Busy):
        ingest(store, clock(15, 14, 3))
    assert store.leased  # the other one's lease is left alone


def test_another_record_under_the_same_key_is_a_failure() -> None:
    lines = [record(1), record(1), {**record(1), "price": 99}]
    store = IngestStore(content=json.dumps(lines).encode())
    summary = ingest(store)
    assert (summary.stored, summary.unchanged, summary.failed) == (1, 1, 1)
    assert store.failures[0].code == "conflict"


def test_an_object_that_is_gone_is_reported_and_done() -> None:
    store = IngestStore(gone=True)
    assert ingest(store).failed == 1
    assert store.failures[0].code == "object_gone"
    assert store.done
