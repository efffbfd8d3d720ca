"""The records table as writers use it: a record is put once, whoever tries, however often."""

from __future__ import annotations

from typing import Any, Final

from common.dynamo import from_item, to_item
from common.records import StoredRecord

ABSENT: Final = "attribute_not_exists(symbol)"


def put_request(table: str, stored: StoredRecord) -> dict[str, Any]:
    """The conditional put, for PutItem and for a transaction alike."""
    return {
        "TableName": table,
        "Item": to_item(stored.attributes()),
        "ConditionExpression": ABSENT,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def put(client: Any, table: str, stored: StoredRecord) -> StoredRecord | None:
    """Store the record, or return the one that stands under its key already."""
    try:
        client.put_item(**put_request(table, stored))
    except client.exceptions.ConditionalCheckFailedException as error:
        return StoredRecord.from_attributes(from_item(error.response["Item"]))
    return None
