"""Uploads in S3, records and progress in DynamoDB, failures in SQS."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Self

from botocore.exceptions import ClientError
from common import payload
from common.aws import client, error_code, setting
from common.dynamo import from_item, to_item
from common.record_table import put
from common.records import StoredRecord

from ingest.models import Failure, LeaseLost, ObjectGone, Progress, Upload

CHUNK: Final = 64 * 1024
MEMORY: Final = 35 * 24 * 3600
"""Seconds that a done upload is remembered: uploads expire after 30 days, DLQs after 14."""
SHOWN: Final = 60_000
"""Characters of a failed record in its message: at most 240 KB of SQS's 256 KiB."""
GONE: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


@dataclass(frozen=True, kw_only=True)
class AwsStore:
    """The store of the deployed function."""

    records: str
    progress: str
    queue: str
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Who holds the leases: one per invocation."""

    @classmethod
    def from_environment(cls) -> Self:
        """The tables and the queue that the environment names."""
        client("dynamodb"), client("s3")
        return cls(
            records=setting("RECORDS_TABLE"),
            progress=setting("IDEMPOTENCY_TABLE"),
            queue=setting("INGEST_DLQ_URL"),
        )

    def claim(self, upload: Upload, *, seconds: float) -> Progress | None:
        """Take the lease unless it is taken; an upload that is done needs none."""
        now = time.time()
        values = {":zero": 0, ":now": int(now * 1000), ":until": int((now + seconds) * 1000)}
        database = client("dynamodb")
        try:
            answer = database.update_item(
                **self._update(
                    upload,
                    "SET lease_owner = :owner, lease_until = :until, expires_at = :expires,"
                    " #position = if_not_exists(#position, :zero)",
                    "attribute_not_exists(id) OR (attribute_not_exists(done)"
                    " AND lease_until < :now)",
                    values,
                )
            )
        except database.exceptions.ConditionalCheckFailedException as error:
            done = "done" in error.response.get("Item", {})
            return Progress(done=True) if done else None
        return Progress(position=from_item(answer["Attributes"])["position"])

    def advance(self, upload: Upload, position: int, *, done: bool = False) -> None:
        """Note the progress, if this invocation still holds the lease."""
        change = "SET #position = :position, expires_at = :expires"
        values: dict[str, Any] = {":position": position}
        if done:
            change, values = change + ", done = :done", {**values, ":done": True}
        self._as_owner(upload, change, values)

    def release(self, upload: Upload) -> None:
        """Let the next invocation start at once; the lease may already be someone else's."""
        try:
            self._as_owner(
                upload,
                "SET lease_until = :zero, expires_at = :expires, #position = #position",
                {":zero": 0},
            )
        except (LeaseLost, ClientError):
            return  # then it runs out by itself

    def open(self, upload: Upload) -> Iterable[bytes]:
        """Stream the object."""
        version = {"VersionId": upload.version_id} if upload.version_id else {}
        try:
            found = client("s3").get_object(Bucket=upload.bucket, Key=upload.key, **version)
        except ClientError as error:
            if error_code(error) in GONE:
                raise ObjectGone(f"{upload.key} does not exist any more.") from None
            raise
        chunks: Iterable[bytes] = found["Body"].iter_chunks(CHUNK)
        return chunks

    def put(self, stored: StoredRecord) -> StoredRecord | None:
        """Store the record, or return the one that stands under its key."""
        return put(client("dynamodb"), self.records, stored)

    def report(self, upload: Upload, failure: Failure) -> None:
        """Send the failure to the DLQ."""
        body = payload.dumps(_message(upload, failure))
        client("sqs").send_message(QueueUrl=self.queue, MessageBody=body)

    def _as_owner(self, upload: Upload, change: str, values: dict[str, Any]) -> None:
        database = client("dynamodb")
        try:
            database.update_item(**self._update(upload, change, "lease_owner = :owner", values))
        except database.exceptions.ConditionalCheckFailedException:
            raise LeaseLost(f"another invocation took {upload.key} over") from None

    def _update(
        self, upload: Upload, change: str, condition: str, values: dict[str, Any]
    ) -> dict[str, Any]:
        always = {":owner": self.owner, ":expires": int(time.time()) + MEMORY}
        return {
            "TableName": self.progress,
            "Key": to_item({"id": upload.id}),
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#position": "position"},
            "ExpressionAttributeValues": to_item({**always, **values}),
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }


def _message(upload: Upload, failure: Failure) -> dict[str, Any]:
    text = failure.element.text.encode("utf-8", "replace").decode()
    return {
        "kind": "ingest.failure",
        "id": upload.digest(failure.element.index),
        "reason": {"code": failure.code, "message": failure.message},
        "object": upload.shown(),
        "index": failure.element.index,
        "record": text[:SHOWN],
        "truncated": len(text) > SHOWN,
    }
