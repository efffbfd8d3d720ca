"""The topic that every alarm notifies, and who hears of it."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from shared.account import Account
from shared.iam import ANY, Statement, policy


def topic(account: Account, *, key_arn: Input[str], emails: Sequence[str]) -> aws.sns.Topic:
    """An encrypted topic to which only this account's alarms may publish."""
    made = aws.sns.Topic("alarms", display_name="Microstack alarms", kms_master_key_id=key_arn)
    alarms = Statement(
        sid="AlarmsPublish",
        actions=["sns:Publish"],
        resources=made.arn,
        principals={"Service": "cloudwatch.amazonaws.com"},
        conditions={
            "StringEquals": {"aws:SourceAccount": account.id},
            "ArnLike": {"aws:SourceArn": account.arn("cloudwatch", "alarm:*")},
        },
    )
    plain_http = Statement(
        sid="DenyPlainHttp",
        effect="Deny",
        actions=["sns:Publish"],
        resources=made.arn,
        principals=ANY,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    child = ResourceOptions(parent=made)
    aws.sns.TopicPolicy(
        "alarms-policy", arn=made.arn, policy=policy(alarms, plain_http), opts=child
    )
    for address in emails:
        aws.sns.TopicSubscription(
            f"alarms-{address}", topic=made.arn, protocol="email", endpoint=address, opts=child
        )
    return made
