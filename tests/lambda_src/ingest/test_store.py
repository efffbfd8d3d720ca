"""The store of `ingest` on a real DynamoDB, S3 and SQS (the emulator's)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ingest.models import Element, Failure, LeaseLost, ObjectGone, Progress, Upload
from ingest.store import SHOWN, AwsStore

UPLOAD = Upload(bucket="uploads", key="a.json", version_id=None, revision="1")


@pytest.fixture
def store(cloud: Callable[[str], Any], table: Callable[..., str]) -> AwsStore:
    queue = cloud("sqs").create_queue(QueueName=f"q{uuid.uuid4().hex[:8]}")["QueueUrl"]
    return AwsStore(records=table("symbol", "timestamp"), progress=table("id"), queue=queue)


def test_one_invocation_at_a_time_has_the_lease(store: AwsStore) -> None:
    other = replace(store, owner="other")
    assert store.claim(UPLOAD, seconds=10) == Progress()
    assert other.claim(UPLOAD, seconds=10) is None
    with pytest.raises(LeaseLost):
        other.advance(UPLOAD, 5)
    other.release(UPLOAD)
    assert other.claim(UPLOAD, seconds=10) is None
    store.advance(UPLOAD, 50)
    store.release(UPLOAD)
    assert other.claim(UPLOAD, seconds=10) == Progress(position=50)


def test_the_lease_of_a_dead_invocation_runs_out(store: AwsStore) -> None:
    other = replace(store, owner="other")
    store.claim(UPLOAD, seconds=-1)
    assert other.claim(UPLOAD, seconds=10) == Progress()
    with pytest.raises(LeaseLost):
        store.advance(UPLOAD, 50)


def test_what_is_done_stays_done(store: AwsStore) -> None:
    store.claim(UPLOAD, seconds=10)
    store.advance(UPLOAD, 3, done=True)
    assert replace(store, owner="other").claim(UPLOAD, seconds=10) == Progress(done=True)


def test_the_version_that_the_event_names_is_read(
    store: AwsStore, cloud: Callable[[str], Any], bucket: Callable[[], str]
) -> None:
    name = bucket()
    first = cloud("s3").put_object(Bucket=name, Key="k", Body=b"first")["VersionId"]
    cloud("s3").put_object(Bucket=name, Key="k", Body=b"second")
    upload = Upload(bucket=name, key="k", version_id=first, revision=first)
    assert b"".join(store.open(upload)) == b"first"
    with pytest.raises(ObjectGone):
        store.open(replace(upload, key="gone"))


def test_a_failure_is_a_message_with_record_reason_and_place(
    store: AwsStore, cloud: Callable[[str], Any]
) -> None:
    element = Element(index=7, text="é\udcff" * SHOWN)
    failure = Failure(code="invalid_json", message="why", logged="why", element=element)
    store.report(UPLOAD, failure)
    (message,) = cloud("sqs").receive_message(QueueUrl=store.queue)["Messages"]
    body = json.loads(message["Body"])
    assert body["kind"] == "ingest.failure"
    assert body["reason"] == {"code": "invalid_json", "message": "why"}
    assert body["object"] == {"bucket": "uploads", "key": "a.json", "version_id": None}
    assert (body["index"], body["truncated"], len(body["record"])) == (7, True, SHOWN)
