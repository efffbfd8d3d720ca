"""DynamoDB tables, all on demand, encrypted, restorable and protected alike."""

from __future__ import annotations

from typing import Literal

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from shared.settings import Data


def table(
    name: str,
    *,
    hash_key: str,
    range_key: str | None = None,
    stream: Literal["NEW_AND_OLD_IMAGES"] | None = None,
    settings: Data,
    key_arn: Input[str],
) -> aws.dynamodb.Table:
    """A table whose keys are strings; rows past their `expires_at` (epoch seconds) vanish."""
    keys = [hash_key] if range_key is None else [hash_key, range_key]
    return aws.dynamodb.Table(
        name,
        attributes=[{"name": key, "type": "S"} for key in keys],
        hash_key=hash_key,
        range_key=range_key,
        billing_mode="PAY_PER_REQUEST",
        point_in_time_recovery={"enabled": settings.point_in_time_recovery},
        server_side_encryption={"enabled": True, "kms_key_arn": key_arn},
        ttl={"enabled": True, "attribute_name": "expires_at"},
        stream_enabled=stream is not None,
        stream_view_type=stream,
        deletion_protection_enabled=settings.prevent_destroy,
        opts=ResourceOptions(protect=settings.prevent_destroy),
    )


def contributor_insights(name: str, of: aws.dynamodb.Table) -> None:
    """Let CloudWatch show the most used and most throttled keys of a table."""
    aws.dynamodb.ContributorInsights(
        f"{name}-insights", table_name=of.name, opts=ResourceOptions(parent=of)
    )
