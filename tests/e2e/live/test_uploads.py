"""2,000 uploaded records, each fifth of them bad: the good are stored once, the bad are kept."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.live.system import System
from tests.e2e.live.uploads import Batch, failures, wait_until_settled

SIZE = 500


@dataclass
class Delivery:
    """What was uploaded, the events that tell of it, and what it left behind."""

    batches: list[Batch]
    events: list[dict[str, Any]]
    items: list[list[dict[str, Any]]]
    dead: list[dict[str, Any]]


@pytest.fixture(scope="module")
def delivery(system: System) -> Delivery:
    """The first delivery, to its end; two of the events come twice, at once."""
    failures(system)  # of other tests
    names = ("bulk/one.jsonl", "bulk/two é+.jsonl", "bulk/three.json", "bulk/four.json")
    batches = [Batch.make(name, f"BULK{n}", SIZE) for n, name in enumerate(names)]
    events = [batch.upload(system) for batch in batches]
    for event in events[::2]:
        invoke(system, event, kind="Event")
    wait_until_settled(system, events)
    return Delivery(batches, events, stored(system, batches), failures(system))


def stored(system: System, batches: list[Batch]) -> list[list[dict[str, Any]]]:
    return [batch.stored(system) for batch in batches]


def invoke(system: System, event: dict[str, Any], kind: str = "RequestResponse") -> Any:
    answer = system.client("lambda").invoke(
        FunctionName=system.function("ingest"),
        Qualifier="live",
        InvocationType=kind,
        Payload=json.dumps(event),
    )
    assert "FunctionError" not in answer
    text = answer["Payload"].read()
    return json.loads(text) if text else None


def places(messages: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
    """How often each bad element is in the queue; a second message of the same id is none.

    A function that is cut off within a batch of elements begins that batch again.
    """
    assert {message["kind"] for message in messages} <= {"ingest.failure"}
    unique = {message["id"]: message for message in messages}.values()
    return Counter((message["object"]["key"], message["index"]) for message in unique)


def bad(batches: list[Batch]) -> Counter[tuple[str, int]]:
    return Counter((batch.key, index) for batch in batches for index in batch.bad)


def test_every_good_record_is_stored_once_as_it_was_sent(delivery: Delivery) -> None:
    assert sum(len(batch.texts) for batch in delivery.batches) == 2_000
    for batch, items in zip(delivery.batches, delivery.items, strict=True):
        prices = {item["timestamp"]["S"][:19]: item["price"]["N"] for item in items}
        assert len(items) == len(prices) == len(batch.good) == SIZE * 4 // 5
        assert prices == {time[:19]: str(it["price"]) for time, it in batch.good.items()}


def test_every_bad_record_is_in_the_dead_letter_queue_as_it_was_sent(delivery: Delivery) -> None:
    assert places(delivery.dead) == bad(delivery.batches)
    assert sum(places(delivery.dead).values()) == 400
    sent = {batch.key: batch.bad for batch in delivery.batches}
    for message in delivery.dead:
        assert message["record"] == sent[message["object"]["key"]][message["index"]]
        assert message["reason"]["code"] in ("invalid_json", "invalid_body")
        assert message["reason"]["message"]


def test_the_same_events_again_change_nothing(system: System, delivery: Delivery) -> None:
    for event in delivery.events:
        summary = invoke(system, event)
        assert summary.pop("objects")
        assert summary == {"stored": 0, "unchanged": 0, "failed": 0, "duplicates": 1}
    assert stored(system, delivery.batches) == delivery.items
    assert failures(system) == []


def test_the_same_files_again_change_no_record(system: System, delivery: Delivery) -> None:
    batches = delivery.batches[1:3]  # lines and an array
    events = [batch.upload(system) for batch in batches]
    wait_until_settled(system, events)
    assert stored(system, delivery.batches) == delivery.items
    again = failures(system)
    assert places(again) == bad(batches)
    versions = {event["Records"][0]["s3"]["object"]["versionId"] for event in events}
    assert {message["object"]["version_id"] for message in again} == versions
