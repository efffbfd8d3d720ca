"""Where users are kept: the DynamoDB table that USERS_TABLE names."""

from __future__ import annotations

from common.aws import client, setting
from common.entity_table import DynamoTable

from users.models import KIND


def table_from_environment() -> DynamoTable:
    """The table of the deployed function."""
    client("dynamodb")
    return DynamoTable(name=setting("USERS_TABLE"), fields=KIND.fields)
