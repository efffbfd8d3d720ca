"""Records in DynamoDB, read consistently: what was answered as stored is found at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from common.aws import client, setting
from common.dynamo import from_item, to_item
from common.records import StoredRecord


@dataclass(frozen=True)
class DynamoStore:
    """The store of the deployed function."""

    table: str

    @classmethod
    def from_environment(cls) -> Self:
        """The table that the environment names."""
        client("dynamodb")
        return cls(setting("RECORDS_TABLE"))

    def get(self, symbol: str, timestamp: str) -> StoredRecord | None:
        """The record under that key."""
        key = to_item({"symbol": symbol, "timestamp": timestamp})
        answer = client("dynamodb").get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return _stored(answer["Item"]) if "Item" in answer else None

    def query(
        self, symbol: str, start: str, end: str, *, limit: int, after: str | None
    ) -> list[StoredRecord]:
        """At most `limit` records, oldest first; an answer that DynamoDB cut short is continued."""
        found: list[StoredRecord] = []
        key = to_item({"symbol": symbol, "timestamp": after}) if after else None
        while True:
            request = self._query(symbol, start, end, limit - len(found))
            answer = client("dynamodb").query(
                **request, **({"ExclusiveStartKey": key} if key else {})
            )
            found += map(_stored, answer["Items"])
            key = answer.get("LastEvaluatedKey")
            if key is None or len(found) >= limit:
                return found

    def _query(self, symbol: str, start: str, end: str, limit: int) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "KeyConditionExpression": "symbol = :symbol AND #t BETWEEN :start AND :end",
            "ExpressionAttributeNames": {"#t": "timestamp"},
            "ExpressionAttributeValues": to_item({":symbol": symbol, ":start": start, ":end": end}),
            "Limit": limit,
            "ConsistentRead": True,
        }


def _stored(item: dict[str, Any]) -> StoredRecord:
    return StoredRecord.from_attributes(from_item(item))
