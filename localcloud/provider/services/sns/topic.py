"""aws:sns/topic: a topic with its encryption, tracing and delivery feedback."""

from __future__ import annotations

import json
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
    json_text,
    pairs,
    present,
    sent,
)
from localcloud.provider.services.sns.default_policy import default_policy

_FIFO = ".fifo"

# Attributes that CreateTopic takes; the delivery feedback ones are set afterwards, one by one.
_AT_CREATE: Mapping[str, str] = {
    "archivePolicy": "ArchivePolicy",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoThroughputScope": "FifoThroughputScope",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
_PROTOCOLS = {"application": "Application", "firehose": "Firehose", "http": "HTTP"} | {
    "lambda": "Lambda",
    "sqs": "SQS",
}
_ROLES = {
    f"{ours}{result}FeedbackRoleArn": f"{theirs}{result}FeedbackRoleArn"
    for ours, theirs in _PROTOCOLS.items()
    for result in ("Success", "Failure")
}
_RATES = {
    f"{ours}SuccessFeedbackSampleRate": f"{theirs}SuccessFeedbackSampleRate"
    for ours, theirs in _PROTOCOLS.items()
}
_ATTRIBUTES = {**_AT_CREATE, **_ROLES, **_RATES}
_BOOLS = frozenset({"contentBasedDeduplication", "fifoTopic"})
_NUMBERS = frozenset({"signatureVersion", *_RATES})
# What to send when the program no longer says anything; for the others an empty text does it.
_RESET: Mapping[str, str] = {
    "contentBasedDeduplication": "false",
    "fifoThroughputScope": "Topic",
    "signatureVersion": "1",
    "tracingConfig": "PassThrough",
    **dict.fromkeys(_RATES, "0"),
}


class TopicName(AutoName):
    """A FIFO topic's name ends in `.fifo`, which counts towards its length."""

    def make(self, logical: str, inputs: Props, seed: bytes) -> str:
        """Make a name with the ending that the kind of topic needs."""
        if not inputs.get("fifoTopic"):
            return super().make(logical, inputs, seed)
        return super().make(logical, inputs, seed)[: self.max - len(_FIFO)] + _FIFO


class Topic(ResourceType):
    """A topic; its id is its ARN."""

    token = "aws:sns/topic:Topic"
    service = "sns"
    name = TopicName(max=256)
    tags = TagCalls()
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        **{name: Prop() for name in _AT_CREATE},
        "archivePolicy": Prop(json=True),
        "contentBasedDeduplication": Prop(default=False),
        "deliveryPolicy": Prop(json=True),
        "fifoThroughputScope": Prop(computed=True),
        "fifoTopic": Prop(default=False, replaces=True),
        "policy": Prop(json=True, computed=True),
        "signatureVersion": Prop(computed=True),
        "tracingConfig": Prop(computed=True),
        **{name: Prop() for name in _ROLES},
        **{name: Prop(default=0) for name in _RATES},
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse names and combinations that SNS refuses."""
        name, fifo = inputs.get("name"), bool(inputs.get("fifoTopic"))
        chosen = isinstance(name, str) and DEFAULTS not in inputs
        if chosen and str(name).endswith(_FIFO) != fifo:
            yield "name", "must end in .fifo exactly when fifoTopic is true"
        if not fifo and inputs.get("contentBasedDeduplication"):
            yield "contentBasedDeduplication", "is for FIFO topics only"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the topic with its tags and all attributes that SNS takes at once."""
        attributes = {_AT_CREATE[n]: json_text(inputs[n]) for n in _AT_CREATE if n in inputs}
        if not inputs.get("fifoTopic"):
            attributes.pop("FifoTopic", None)  # SNS takes it as true or not at all
        answer = aws.client("sns").create_topic(
            Name=inputs["name"], **present(Attributes=attributes, Tags=pairs(sent(inputs)))
        )
        return str(answer["TopicArn"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Set the delivery feedback, one attribute a call."""
        _set_attributes(aws, id, inputs, [n for n in (*_ROLES, *_RATES) if n in inputs])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read all attributes."""
        found = aws.client("sns").get_topic_attributes(TopicArn=id)["Attributes"]
        actual = {
            o: _typed(o, found[theirs]) for o, theirs in _ATTRIBUTES.items() if found.get(theirs)
        }
        return {
            **dict.fromkeys(_BOOLS, False),
            **actual,
            "name": id.rsplit(":", 1)[1],
            "arn": id,
            "owner": found.get("Owner"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set the changed attributes, one a call: SNS has no other way."""
        _set_attributes(aws, id, new, sorted(changed & _ATTRIBUTES.keys()))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the topic with its subscriptions."""
        aws.client("sns").delete_topic(TopicArn=id)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Compose the ARN, which follows from the name."""
        return aws.arn("sns", inputs["name"])


def _set_attributes(aws: Aws, arn: str, inputs: Props, names: Iterable[str]) -> None:
    for name in names:
        value = inputs.get(name)
        text = _RESET.get(name, "") if value is None else json_text(value)
        if name == "policy" and value is None:
            text = json.dumps(default_policy(arn))
        aws.client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName=_ATTRIBUTES[name], AttributeValue=text
        )


def _typed(name: str, text: str) -> Any:
    """SNS answers every attribute as text."""
    if name in _BOOLS:
        return text == "true"
    return int(text) if name in _NUMBERS else text
