"""The policy that SNS itself gives to a new topic."""

from __future__ import annotations

from localcloud.provider.base.resource import Props

DEFAULT_ID = "__default_policy_ID"  # SNS's own mark on that policy


def default_policy(arn: str) -> Props:
    """Compose it: the topic's own account may do everything (SNS developer guide)."""
    calls = "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic"
    actions = [
        f"SNS:{call}" for call in f"{calls} Subscribe ListSubscriptionsByTopic Publish".split()
    ]
    return {
        "Version": "2008-10-17",
        "Id": DEFAULT_ID,
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": actions,
                "Resource": arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}},
            }
        ],
    }
