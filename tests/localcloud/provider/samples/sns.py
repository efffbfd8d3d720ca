"""Samples of SNS."""

from __future__ import annotations

import json
from typing import Any

from tests.localcloud.provider.samples import Clients, Made, Props, Sample

TOPIC = "aws:sns/topic:Topic"
QUEUE = "aws:sqs/queue:Queue"
_ROLE = "arn:aws:iam::000000000000:role/feedback"
_PROTOCOLS = ("application", "firehose", "http", "lambda", "sqs")
_FIFO_ONLY = ("archivePolicy", "contentBasedDeduplication", "fifoThroughputScope")


def policy(topic: str, *, sid: str) -> str:
    """Give a topic policy that lets alarms and buckets publish."""
    statement: Props = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": ["cloudwatch.amazonaws.com", "s3.amazonaws.com"]},
        "Action": ["sns:Publish"],
        "Resource": topic,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _rename(clients: Clients, made: Made) -> None:
    _set(clients, made, "DisplayName", "by hand")


def _forget_policy(clients: Clients, made: Made) -> None:
    _set(clients, made, "Policy", "")


def _set(clients: Clients, made: Made, name: str, value: str) -> None:
    clients("sns").set_topic_attributes(TopicArn=made.id, AttributeName=name, AttributeValue=value)


def _wrap(clients: Clients, made: Made) -> None:
    clients("sns").set_subscription_attributes(
        SubscriptionArn=made.id, AttributeName="RawMessageDelivery", AttributeValue="false"
    )


def _feedback() -> dict[str, Any]:
    roles = {f"{p}{result}FeedbackRoleArn": _ROLE for p in _PROTOCOLS for result in _RESULTS}
    return {**roles, **{f"{p}SuccessFeedbackSampleRate": 50 for p in _PROTOCOLS}}


_RESULTS = ("Success", "Failure")

SAMPLES = [
    Sample(
        token=TOPIC,
        inputs={
            "displayName": "alarms",
            "lambdaFailureFeedbackRoleArn": _ROLE,
            "sqsSuccessFeedbackSampleRate": 10,
            "tags": {"purpose": "test"},
        },
        updates={
            "displayName": None,
            "kmsMasterKeyId": "alias/aws/sns",
            "signatureVersion": 2,
            "tracingConfig": "Active",
            "deliveryPolicy": json.dumps({"http": {"disableSubscriptionOverrides": True}}),
            "policy": policy("arn:aws:sns:us-east-1:000000000000:any", sid="One"),
            **_feedback(),
            "lambdaFailureFeedbackRoleArn": None,
            "sqsSuccessFeedbackSampleRate": None,
        },
        replace={"name": "another", "fifoTopic": True},
        drift=_rename,
        drifted=("displayName",),
        not_tried={name: "has its own sample" for name in _FIFO_ONLY},
    ),
    Sample(
        token=TOPIC,
        label="fifo",
        inputs={"fifoTopic": True, "namePrefix": "ordered-"},
        updates={
            "contentBasedDeduplication": True,
            "archivePolicy": json.dumps({"MessageRetentionPeriod": "30"}),
            "fifoThroughputScope": "MessageGroup",
        },
    ),
    Sample(
        token="aws:sns/topicPolicy:TopicPolicy",
        needs={"topic": TOPIC},
        inputs=lambda n: {"arn": n["topic"].id, "policy": policy(n["topic"].id, sid="One")},
        updates=lambda n: {"policy": policy(n["topic"].id, sid="Two")},
        moves=("arn",),
        drift=_forget_policy,
    ),
    Sample(
        token="aws:sns/topicSubscription:TopicSubscription",
        needs={"topic": TOPIC, "queue": QUEUE, "dead": QUEUE},
        inputs=lambda needs: {
            "topic": needs["topic"].id,
            "protocol": "sqs",
            "endpoint": needs["queue"].outputs["arn"],
            "rawMessageDelivery": True,
        },
        updates=lambda needs: {
            "filterPolicy": json.dumps({"state": ["ALARM"]}),
            "filterPolicyScope": "MessageBody",
            "redrivePolicy": json.dumps({"deadLetterTargetArn": needs["dead"].outputs["arn"]}),
            "deliveryPolicy": json.dumps({"healthyRetryPolicy": {"numRetries": 3}}),
            "subscriptionRoleArn": _ROLE,
            "rawMessageDelivery": None,
        },
        replace={"protocol": "email"},
        moves=("topic", "endpoint"),
        drift=_wrap,
        drifted=("rawMessageDelivery",),
        not_tried={"replayPolicy": "replays an archive, which only FIFO topics have"},
    ),
    Sample(
        token="aws:sns/topicSubscription:TopicSubscription",
        label="mail",
        needs={"topic": TOPIC},
        inputs=lambda n: {"topic": n["topic"].id, "protocol": "email", "endpoint": "a@b.example"},
    ),
]
