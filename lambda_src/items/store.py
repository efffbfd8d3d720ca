"""Where items are kept: the DynamoDB table that ITEMS_TABLE names."""

from __future__ import annotations

from common.aws import client, setting
from common.entity_table import DynamoTable

from items.models import KIND


def table_from_environment() -> DynamoTable:
    """The table of the deployed function."""
    client("dynamodb")
    return DynamoTable(name=setting("ITEMS_TABLE"), fields=KIND.fields)
