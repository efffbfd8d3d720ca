"""The attributes of a queue that are JSON documents, and how any attribute is read."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.provider.base.resource import Aws, Props

DOCUMENTS: Mapping[str, str] = {
    "policy": "Policy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
}


def attributes_of(aws: Aws, url: str, *names: str) -> Props:
    """Read attributes of a queue; those that it does not have are absent."""
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(names))
    return dict(answer.get("Attributes", {}))
