"""S3 buckets: uploads come in, logs keeps archived events and the access log of uploads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from shared.account import Account
from shared.components.bucket import Bucket
from shared.iam import Statement
from shared.settings.data import Data

ACCESS_LOG_PREFIX = "access/"


def bucket(
    name: str,
    *,
    settings: Data,
    key_arn: Input[str] | None,
    expire_days: int | None,
    allow: Callable[[Output[str]], Sequence[Statement]] | None = None,
) -> Bucket:
    """A hardened bucket with this layer's settings."""
    return Bucket(
        name,
        key_arn=key_arn,
        expire_days=expire_days,
        old_versions_days=settings.old_versions_expire_days,
        abort_days=settings.abort_multipart_days,
        prevent_destroy=settings.prevent_destroy,
        allow=allow,
    )


def access_log_delivery(
    account: Account, *, source: Bucket
) -> Callable[[Output[str]], Sequence[Statement]]:
    """What S3 needs to deliver the access log of `source`: to put below the prefix, no more."""

    def statements(arn: Output[str]) -> Sequence[Statement]:
        return [
            Statement(
                sid="DeliverAccessLogs",
                actions=["s3:PutObject"],
                resources=Output.concat(arn, f"/{ACCESS_LOG_PREFIX}*"),
                principals={"Service": "logging.s3.amazonaws.com"},
                conditions={
                    "ArnLike": {"aws:SourceArn": source.arn},
                    "StringEquals": {"aws:SourceAccount": account.id},
                },
            )
        ]

    return statements


def log_access(source: Bucket, *, into: Bucket) -> None:
    """Write who read and wrote `source` into the bucket `into`."""
    aws.s3.BucketLogging(
        "uploads-logging",
        bucket=source.name,
        target_bucket=into.name,
        target_prefix=ACCESS_LOG_PREFIX,
        # S3 refuses a target whose policy does not let it deliver yet
        opts=ResourceOptions(parent=source, depends_on=[into]),
    )
