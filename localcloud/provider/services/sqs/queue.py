"""aws:sqs/queue: a queue with all its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.provider.base.names import DEFAULTS
from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    by_id,
    json_text,
    present,
    sent,
)
from localcloud.provider.services.sqs.attributes import DOCUMENTS, attributes_of

_BOOLS: Mapping[str, str] = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "fifoQueue": "FifoQueue",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}
_NUMBERS: Mapping[str, str] = {
    "delaySeconds": "DelaySeconds",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
_TEXTS: Mapping[str, str] = {
    "deduplicationScope": "DeduplicationScope",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsMasterKeyId": "KmsMasterKeyId",
}
_ATTRIBUTES = {**_BOOLS, **_NUMBERS, **DOCUMENTS, **_TEXTS}
_FIFO_ONLY = ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")
_FIFO = ".fifo"

# Setting an attribute to nothing takes it away; for these, SQS wants a value instead.
_DEFAULTS: Mapping[str, Any] = {
    "contentBasedDeduplication": False,
    "deduplicationScope": "queue",
    "delaySeconds": 0,
    "fifoQueue": False,
    "fifoThroughputLimit": "perQueue",
    "kmsDataKeyReusePeriodSeconds": 300,
    "messageRetentionSeconds": 345600,
    "receiveWaitTimeSeconds": 0,
    "visibilityTimeoutSeconds": 30,
}
_CREATED_AGAIN = {"AWS.SimpleQueueService.QueueDeletedRecently": ""}  # for 60 seconds


class QueueName(AutoName):
    """A FIFO queue's name ends in `.fifo`, which counts towards its length."""

    def make(self, logical: str, inputs: Props, seed: bytes) -> str:
        """Make a name with the ending that the kind of queue needs."""
        if not inputs.get("fifoQueue"):
            return super().make(logical, inputs, seed)
        return super().make(logical, inputs, seed)[: self.max - len(_FIFO)] + _FIFO


class Queue(ResourceType):
    """A queue; its id is its URL."""

    token = "aws:sqs/queue:Queue"
    service = "sqs"
    name = QueueName(max=75)
    retry_codes = _CREATED_AGAIN
    tags = TagCalls(
        read_call="list_queue_tags",
        write_call="tag_queue",
        drop_call="untag_queue",
        argument="QueueUrl",
        address=by_id,
        shape="dict",
    )
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        **{name: Prop(default=_DEFAULTS.get(name)) for name in _ATTRIBUTES},
        "fifoQueue": Prop(default=False, replaces=True),
        "maxMessageSize": Prop(computed=True),  # AWS's own limit has grown over the years
        "sqsManagedSseEnabled": Prop(computed=True),
        **{name: Prop(json=True, computed=True) for name in DOCUMENTS},
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse names and combinations that SQS refuses."""
        name, fifo = inputs.get("name"), bool(inputs.get("fifoQueue"))
        chosen = isinstance(name, str) and DEFAULTS not in inputs
        if chosen and str(name).endswith(_FIFO) != fifo:
            yield "name", "must end in .fifo exactly when fifoQueue is true"
        if not fifo:
            yield from ((n, "is for FIFO queues only") for n in _FIFO_ONLY if inputs.get(n))
        if inputs.get("sqsManagedSseEnabled") is True and "kmsMasterKeyId" in inputs:
            yield "sqsManagedSseEnabled", "give it or kmsMasterKeyId, not both"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the queue with all attributes and tags in one call."""
        attributes = {_ATTRIBUTES[n]: _text(inputs[n]) for n in _ATTRIBUTES if n in inputs}
        if not inputs.get("fifoQueue"):
            attributes.pop("FifoQueue", None)  # SQS takes it as true or not at all
        answer = aws.client("sqs").create_queue(
            QueueName=inputs["name"], **present(Attributes=attributes, tags=sent(inputs))
        )
        return str(answer["QueueUrl"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs and what follows from the name: no need to ask."""
        actual = {name: inputs[name] for name in _ATTRIBUTES if name in inputs}
        arn = aws.arn("sqs", inputs["name"])
        return {**_DEFAULTS, **actual, "name": inputs["name"], "arn": arn, "url": id}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read all attributes."""
        found = attributes_of(aws, id, "All")
        arn = found["QueueArn"]
        actual = {ours: found[theirs] for ours, theirs in _ATTRIBUTES.items() if theirs in found}
        actual |= {name: int(actual[name]) for name in _NUMBERS if actual.get(name)}
        actual |= {name: actual.get(name) == "true" for name in _BOOLS if name in actual}
        return {**_DEFAULTS, **actual, "name": arn.rsplit(":", 1)[1], "arn": arn, "url": id}

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set the changed attributes in one call."""
        names = changed & _ATTRIBUTES.keys()
        values = {_ATTRIBUTES[n]: _text(new.get(n, _DEFAULTS.get(n, ""))) for n in names}
        if values:
            aws.client("sqs").set_queue_attributes(QueueUrl=id, Attributes=values)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the queue with all that is in it."""
        aws.client("sqs").delete_queue(QueueUrl=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Ask for the URL of the queue of this name."""
        return str(aws.client("sqs").get_queue_url(QueueName=inputs["name"])["QueueUrl"])


def _text(value: Any) -> str:
    """SQS takes every attribute as text."""
    return value if isinstance(value, str) else json_text(value)
