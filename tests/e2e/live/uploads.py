"""Uploads with a known part of bad records, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from ingest.models import Upload

from tests.e2e.live.system import System
from tests.patience import until

START = datetime(2025, 1, 31, tzinfo=UTC)
POISON_EVERY = 5
"""Every so many records is a bad one: 20 %."""


@dataclass
class Batch:
    """One file: its good records by timestamp, and its bad elements by index."""

    key: str
    symbol: str
    good: dict[str, dict[str, Any]] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, key: str, symbol: str, size: int) -> Batch:
        """A batch of `size` elements, each fifth of them bad in its own way."""
        batch = cls(key, symbol)
        for index in range(size):
            time = (START + timedelta(seconds=index)).strftime("%Y-%m-%dT%H:%M:%SZ")
            record = {"symbol": symbol, "timestamp": time, "price": index + 0.25, "volume": index}
            if index % POISON_EVERY:
                batch.good[time] = record
                batch.texts.append(json.dumps(record))
            else:
                text = _poisoned(record, index // POISON_EVERY)
                batch.bad[index] = text
                batch.texts.append(text)
        return batch

    @property
    def content(self) -> bytes:
        """The file: an array if its name says so, else one element a line."""
        if self.key.endswith(".json"):
            return f"[{', '.join(self.texts)}]".encode()
        return "\n".join(self.texts).encode()

    def upload(self, system: System) -> dict[str, Any]:
        """Put the file; gives the S3 event that tells of it."""
        bucket = system.bucket("uploads")
        put = system.client("s3").put_object(Bucket=bucket, Key=self.key, Body=self.content)
        entry = {"key": quote_plus(self.key), "versionId": put["VersionId"], "eTag": put["ETag"]}
        return {"Records": [{"s3": {"bucket": {"name": bucket}, "object": entry}}]}

    def stored(self, system: System) -> list[dict[str, Any]]:
        """The items of its symbol, as the table has them."""
        pages = (
            system.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=system.table("records"),
                ConsistentRead=True,
                KeyConditionExpression="symbol = :symbol",
                ExpressionAttributeValues={":symbol": {"S": self.symbol}},
            )
        )
        return [item for page in pages for item in page["Items"]]


def _poisoned(record: dict[str, Any], number: int) -> str:
    whole = json.dumps(record)
    ways = (
        whole.replace(":", "", 1),
        json.dumps({**record, "price": "much"}),
        json.dumps({**record, "symbol": None}),
        json.dumps({**record, "colour": "red"}),
        json.dumps({**record, "timestamp": "yesterday"}),
        json.dumps({**record, "price": -1}),
        json.dumps([record]),
        "null",
        whole.replace('"price"', '"symbol"'),
        "NaN",
    )
    return ways[number % len(ways)]


def wait_until_settled(system: System, events: Sequence[dict[str, Any]]) -> None:
    """Until each of the uploads is noted as done."""
    for event in events:
        [record] = event["Records"]
        where = {
            "TableName": system.table("idempotency"),
            "Key": {"id": {"S": Upload.of(record).id}},
        }

        def done(where: dict[str, Any] = where) -> bool:
            return "done" in system.client("dynamodb").get_item(**where).get("Item", {})

        until(done, f"{record['s3']['object']['key']} is settled")


def failures(system: System) -> list[dict[str, Any]]:
    """Take everything out of the dead-letter queue of `ingest`."""
    return list(_drained(system, system.outputs["compute"]["dlq_urls"]["ingest"]))


def _drained(system: System, queue: str) -> Iterator[dict[str, Any]]:
    sqs = system.client("sqs")
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            yield json.loads(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
