"""The store of `process` on a real DynamoDB and S3 (the emulator's)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from common.errors import Conflict
from common.records import Record
from process import logic
from process.store import AwsStore

RECORD = Record(
    symbol="ACME",
    timestamp="2025-01-31T09:30:00.000000Z",
    price=Decimal("123456789.123456789012345678"),
    volume=10**15,
)
NOW = datetime(2025, 1, 31, tzinfo=UTC)


@pytest.fixture
def store(
    cloud: Callable[[str], Any], table: Callable[..., str], bucket: Callable[[], str]
) -> AwsStore:
    key = cloud("kms").create_key()["KeyMetadata"]["Arn"]
    return AwsStore(
        records=table("symbol", "timestamp"), receipts=table("id"), bucket=bucket(), key_arn=key
    )


def test_a_record_survives_the_table_exactly(store: AwsStore) -> None:
    first = logic.accept(store, RECORD, token=None, now=NOW)
    again = logic.accept(store, RECORD, token=None, now=NOW)
    assert (first.created, again.created) == (True, False)
    assert again.stored == first.stored
    assert again.stored.record == RECORD


def test_another_record_under_the_key_is_refused(store: AwsStore) -> None:
    logic.accept(store, RECORD, token=None, now=NOW)
    with pytest.raises(Conflict):
        logic.accept(store, replace(RECORD, price=Decimal(1)), token=None, now=NOW)


def test_receipt_and_record_are_written_together_or_not_at_all(store: AwsStore) -> None:
    now = datetime.now(UTC)
    first = logic.accept(store, RECORD, token="t1", now=now)
    assert logic.accept(store, RECORD, token="t1", now=now) == first
    with pytest.raises(Conflict):
        logic.accept(store, replace(RECORD, symbol="OTHER"), token="t1", now=now)
    # The refused request left no record, and a record's conflict leaves no receipt.
    assert logic.accept(store, replace(RECORD, symbol="OTHER"), token="t2", now=now).created
    with pytest.raises(Conflict):
        logic.accept(store, replace(RECORD, price=Decimal(2)), token="t3", now=now)
    assert logic.accept(store, replace(RECORD, symbol="THIRD"), token="t3", now=now).created


def test_an_expired_receipt_counts_no_more(store: AwsStore) -> None:
    long_ago = datetime.fromtimestamp(time.time() - 2 * 86400, UTC)
    logic.accept(store, RECORD, token="t1", now=long_ago)
    other = logic.accept(store, replace(RECORD, symbol="OTHER"), token="t1", now=datetime.now(UTC))
    assert other.created


def test_one_of_many_at_once_stores_it(store: AwsStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(
                lambda n: logic.accept(store, RECORD, token=f"t{n % 2}", now=datetime.now(UTC)),
                range(16),
            )
        )
    assert len({result.stored.id for result in results}) == 1


def test_an_event_is_archived_once_and_encrypted(
    store: AwsStore, cloud: Callable[[str], Any]
) -> None:
    store.archive("logs/x.json", {"first": True})
    store.archive("logs/x.json", {"first": False})
    found = cloud("s3").get_object(Bucket=store.bucket, Key="logs/x.json")
    assert json.loads(found["Body"].read()) == {"first": True}
    assert found["SSEKMSKeyId"] == store.key_arn
    versions = cloud("s3").list_object_versions(Bucket=store.bucket)["Versions"]
    assert len(versions) == 1
