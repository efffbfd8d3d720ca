"""Samples of SQS."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.localcloud.provider.samples import Clients, Made, Props, Sample

QUEUE = "aws:sqs/queue:Queue"
_FIFO_ONLY = ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")


def policy(arn: str, *, sid: str) -> str:
    """Give a queue policy that lets buckets send."""
    statement: Props = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def redrive(arn: str, *, times: int) -> str:
    """Give a redrive policy to the queue of this ARN."""
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": times}, indent=1)


def _allow(arn: str) -> str:
    return json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn]})


def _slow_down(clients: Clients, made: Made) -> None:
    clients("sqs").set_queue_attributes(QueueUrl=made.id, Attributes={"DelaySeconds": "9"})


def _clear(attribute: str) -> Callable[[Clients, Made], None]:
    def disturb(clients: Clients, made: Made) -> None:
        clients("sqs").set_queue_attributes(QueueUrl=made.id, Attributes={attribute: ""})

    return disturb


_TWO_QUEUES = {"queue": QUEUE, "other": QUEUE}

SAMPLES = [
    Sample(token=QUEUE, inputs={"tags": {"purpose": "test"}}, updates={"delaySeconds": 1}),
    Sample(
        token=QUEUE,
        label="all",
        needs={"key": "aws:kms/key:Key", "dead": QUEUE},
        inputs=lambda needs: {
            "messageRetentionSeconds": 1209600,
            "visibilityTimeoutSeconds": 90,
            "kmsMasterKeyId": needs["key"].outputs["arn"],
            "redrivePolicy": redrive(needs["dead"].outputs["arn"], times=3),
            "tags": {"purpose": "test"},
        },
        updates=lambda needs: {
            "delaySeconds": 5,
            "kmsDataKeyReusePeriodSeconds": 600,
            "maxMessageSize": 2048,
            "messageRetentionSeconds": None,
            "receiveWaitTimeSeconds": 20,
            "visibilityTimeoutSeconds": 30,
            "redrivePolicy": redrive(needs["dead"].outputs["arn"], times=5),
            "redriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"}),
            "policy": policy(needs["dead"].outputs["arn"], sid="One"),
            "kmsMasterKeyId": None,
            "sqsManagedSseEnabled": True,
        },
        replace={"name": "another", "fifoQueue": True},
        drift=_slow_down,
        drifted=("delaySeconds",),
        not_tried={name: "has its own sample" for name in _FIFO_ONLY},
    ),
    Sample(
        token=QUEUE,
        label="fifo",
        inputs={"fifoQueue": True, "namePrefix": "ordered-"},
        updates={
            "contentBasedDeduplication": True,
            "deduplicationScope": "messageGroup",
            "fifoThroughputLimit": "perMessageGroupId",
        },
        replace={"fifoQueue": None, "name": "other.fifo"},
    ),
    Sample(
        token="aws:sqs/queuePolicy:QueuePolicy",
        needs={"queue": QUEUE},
        inputs=lambda needs: {
            "queueUrl": needs["queue"].id,
            "policy": policy(needs["queue"].outputs["arn"], sid="One"),
        },
        updates=lambda needs: {"policy": policy(needs["queue"].outputs["arn"], sid="Two")},
        moves=("queueUrl",),
        drift=_clear("Policy"),
    ),
    Sample(
        token="aws:sqs/redrivePolicy:RedrivePolicy",
        needs=_TWO_QUEUES,
        inputs=lambda needs: {
            "queueUrl": needs["queue"].id,
            "redrivePolicy": redrive(needs["other"].outputs["arn"], times=2),
        },
        updates=lambda needs: {"redrivePolicy": redrive(needs["other"].outputs["arn"], times=4)},
        moves=("queueUrl",),
        drift=_clear("RedrivePolicy"),
    ),
    Sample(
        token="aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        needs=_TWO_QUEUES,
        inputs=lambda needs: {
            "queueUrl": needs["queue"].id,
            "redriveAllowPolicy": _allow(needs["other"].outputs["arn"]),
        },
        updates={"redriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})},
        moves=("queueUrl",),
        drift=_clear("RedriveAllowPolicy"),
    ),
]
