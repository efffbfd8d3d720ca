"""Uploads call `ingest`: the permission, from this one bucket of this account, then the call."""

from __future__ import annotations

import pulumi_aws as aws
from needs import Upstream
from pulumi import ResourceOptions

from shared.components.function import Function
from shared.settings.compute import Compute


def notify(ingest: Function, *, settings: Compute, of: Upstream) -> None:
    """Send every object that lands in `uploads` to the alias of `ingest`."""
    permission = aws.lambda_.Permission(
        "uploads-call",
        action="lambda:InvokeFunction",
        function=ingest.function.name,
        qualifier=ingest.alias.name,
        principal="s3.amazonaws.com",
        source_account=of.account.id,
        source_arn=of.data.bucket_arns["uploads"],
    )
    aws.s3.BucketNotification(
        "uploads",
        bucket=of.data.bucket_names["uploads"],
        lambda_functions=[
            {
                "id": "ingest",
                "lambda_function_arn": ingest.alias.arn,
                "events": ["s3:ObjectCreated:*"],
                "filter_prefix": settings.ingest_prefix or None,
                "filter_suffix": settings.ingest_suffix or None,
            }
        ],
        # S3 refuses a function that it may not call yet
        opts=ResourceOptions(depends_on=[permission]),
    )
