from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.operations.dead_letters import DlqMessage, Kind, Queue, refusal
from tests.orchestrator.live_functions import LiveFunctions

EVENT = {"Records": [{"s3": {"object": {"key": "a.jsonl"}}}]}


def message(body: str) -> DlqMessage:
    return DlqMessage(id="1", receipt="r", body=body, sent="2025-01-31T09:30:00+00:00")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps(EVENT), "event"),
        (json.dumps({"requestContext": {}, "requestPayload": EVENT}), "envelope"),
        (json.dumps({"requestContext": {"http": {}}, "rawPath": "/"}), "event"),
        (json.dumps({"kind": "ingest.failure", "record": "{}"}), "record"),
        ("not JSON", "unreadable"),
        ("[1]", "unreadable"),
        ("null", "unreadable"),
    ],
)
def test_the_shape_of_a_message_is_seen(body: str, kind: Kind) -> None:
    assert message(body).kind == kind


def test_the_event_is_taken_out_of_its_envelope_and_else_given_as_it_is() -> None:
    envelope = json.dumps({"requestContext": {}, "requestPayload": EVENT})
    assert json.loads(message(envelope).event) == EVENT
    record = '{"kind": "ingest.failure",  "record": "1.10"}'
    assert message(record).event == record


@pytest.mark.parametrize(
    ("kind", "answer", "crashed", "said"),
    [
        ("event", {"stored": 3, "failed": 0}, False, ""),
        ("event", {"stored": 3, "failed": 2}, False, ""),  # those two are in the queue again
        ("event", None, False, ""),
        ("event", {"errorType": "Busy", "errorMessage": "later"}, True, "Busy: later"),
        ("event", None, True, "error: no message"),
        ("event", {"statusCode": 201}, False, ""),
        ("event", {"statusCode": 400, "body": "secret"}, False, "answered with status 400"),
        ("record", {"stored": 0, "unchanged": 1, "failed": 0}, False, ""),
        ("record", {"failed": 1, "reason": {"code": "c", "message": "m"}}, False, "c: m"),
        ("record", {"failed": 1}, False, "failed: no message"),
    ],
)
def test_an_answer_says_whether_the_event_is_done(
    kind: Kind, answer: Any, crashed: bool, said: str
) -> None:
    assert refusal(kind, answer, crashed=crashed) == said


def queue_of(live: LiveFunctions, hidden_seconds: int = 30) -> Queue:
    return Queue(live.sqs, live.function.dlq_url, hidden_seconds=hidden_seconds)


def test_each_message_is_given_once_and_may_be_given_back(live: LiveFunctions) -> None:
    live.send(*({"n": n} for n in range(12)))
    queue = queue_of(live)
    messages = [each for batch in queue.batches(size=4, limit=0) for each in batch]
    assert sorted(json.loads(each.body)["n"] for each in messages) == list(range(12))
    assert queue.count() == (0, 12)
    queue.delete(messages[0])
    queue.release(messages)
    assert queue.count() == (11, 0)


def test_a_limit_leaves_the_rest_alone(live: LiveFunctions) -> None:
    live.send(*({"n": n} for n in range(6)))
    queue = queue_of(live)
    batches = list(queue.batches(size=4, limit=5))
    assert [len(batch) for batch in batches] == [4, 1]
    assert queue.count() == (1, 5)


def test_a_message_that_comes_back_meanwhile_is_not_given_again(live: LiveFunctions) -> None:
    live.send({"n": 1})
    batches = queue_of(live, hidden_seconds=0).batches(size=4, limit=0)
    assert len(next(batches)) == 1
    assert list(batches) == []
