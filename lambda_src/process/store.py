"""Records and receipts in DynamoDB, the archive in S3."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError
from common import payload
from common.aws import client, error_code, setting
from common.dynamo import from_item, to_item
from common.record_table import put, put_request
from common.records import StoredRecord
from common.retry import retried

from process.models import Clash, Receipt

CONDITION_FAILED = "ConditionalCheckFailed"


@dataclass(frozen=True, kw_only=True)
class AwsStore:
    """The store of the deployed function."""

    records: str
    receipts: str
    bucket: str
    key_arn: str

    @classmethod
    def from_environment(cls) -> Self:
        """The tables and the bucket that the environment names."""
        client("dynamodb"), client("s3")
        return cls(
            records=setting("RECORDS_TABLE"),
            receipts=setting("IDEMPOTENCY_TABLE"),
            bucket=setting("LOGS_BUCKET"),
            key_arn=setting("LOGS_KEY_ARN"),
        )

    def insert(self, stored: StoredRecord, receipt: Receipt | None) -> Clash | None:
        """Write both in one transaction, or the record alone when there is no receipt."""
        if receipt is None:
            found = put(client("dynamodb"), self.records, stored)
            return Clash(record=found) if found else None
        return retried(lambda: self._insert_both(stored, receipt), on=_transaction_conflict)

    def remember(self, receipt: Receipt) -> Receipt | None:
        """Write the receipt unless one that has not expired is there."""
        database = client("dynamodb")
        try:
            database.put_item(**self._receipt_request(receipt))
        except database.exceptions.ConditionalCheckFailedException as error:
            return Receipt.from_attributes(from_item(error.response["Item"]))
        return None

    def archive(self, key: str, document: dict[str, Any]) -> None:
        """Put the object unless it exists (`If-None-Match: *`)."""
        try:
            retried(lambda: self._put_object(key, document), on=_being_written)
        except ClientError as error:
            if error_code(error) != "PreconditionFailed":
                raise

    def _insert_both(self, stored: StoredRecord, receipt: Receipt) -> Clash | None:
        database = client("dynamodb")
        requests = [self._receipt_request(receipt), put_request(self.records, stored)]
        try:
            database.transact_write_items(TransactItems=[{"Put": each} for each in requests])
        except database.exceptions.TransactionCanceledException as error:
            return _clash(error)
        return None

    def _receipt_request(self, receipt: Receipt) -> dict[str, Any]:
        return {
            "TableName": self.receipts,
            "Item": to_item(receipt.attributes()),
            # TTL deletes late (up to days), so an expired receipt counts as absent.
            "ConditionExpression": "attribute_not_exists(id) OR expires_at < :now",
            "ExpressionAttributeValues": to_item({":now": int(time.time())}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _put_object(self, key: str, document: dict[str, Any]) -> None:
        client("s3").put_object(
            Bucket=self.bucket,
            Key=key,
            Body=payload.dumps(document).encode(),
            ContentType="application/json",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self.key_arn,
            IfNoneMatch="*",
        )


def _clash(error: ClientError) -> Clash:
    reasons: list[dict[str, Any]] = list(error.response.get("CancellationReasons", []))
    failed = [reason.get("Item") for reason in reasons if reason.get("Code") == CONDITION_FAILED]
    if not failed:
        raise error
    receipt, record = (
        from_item(reason["Item"]) if reason.get("Code") == CONDITION_FAILED else None
        for reason in reasons
    )
    return Clash(
        receipt=Receipt.from_attributes(receipt) if receipt else None,
        record=StoredRecord.from_attributes(record) if record else None,
    )


def _transaction_conflict(error: Exception) -> bool:
    reasons = getattr(error, "response", {}).get("CancellationReasons", [])
    return any(reason.get("Code") == "TransactionConflict" for reason in reasons)


def _being_written(error: Exception) -> bool:
    return isinstance(error, ClientError) and error_code(error) == "ConditionalRequestConflict"
