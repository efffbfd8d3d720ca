"""The permissions boundary: the most that any role of this system can ever do."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws

from shared.iam import ANY, NETWORK_INTERFACES, Statement, policy

CEILING = (
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "sqs:SendMessage",
    "ssm:GetParameter",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""Every action that some role of the system has, and no other; in a VPC, NETWORK_INTERFACES too."""

GLOBAL_SERVICES = (
    "cloudfront:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    "sts:*",
    "support:*",
)
"""Services that answer from one region whatever region the caller is in: not bound to regions."""


def permissions_boundary(*, allowed_regions: Sequence[str], in_vpc: bool) -> aws.iam.Policy:
    """The boundary of every role: the ceiling, and nothing outside the allowed regions."""
    ceiling = Statement(
        sid="Ceiling",
        actions=(*CEILING, *NETWORK_INTERFACES) if in_vpc else CEILING,
        resources=ANY,
        reason="a boundary grants nothing; each role's own policy names the resources",
    )
    regions = Statement(
        sid="DenyOtherRegions",
        effect="Deny",
        not_actions=GLOBAL_SERVICES,
        resources=ANY,
        conditions={"StringNotEquals": {"aws:RequestedRegion": list(allowed_regions)}},
    )
    return aws.iam.Policy(
        "boundary",
        description="The most that a role of this system can do, and only in allowed regions.",
        policy=policy(ceiling, regions),
    )
