"""aws:sqs/queuePolicy, redrivePolicy and redriveAllowPolicy: a queue's documents, one each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, json_text
from localcloud.provider.services.sqs.attributes import DOCUMENTS, attributes_of


class QueueDocument(ResourceType):
    """One JSON attribute of a queue as a resource; its id is the queue's URL."""

    service = "sqs"
    document: ClassVar[str]  # the input, such as "redrivePolicy"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set the document."""
        self._set(aws, inputs["queueUrl"], json_text(inputs[self.document]))
        return str(inputs["queueUrl"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs: there is nothing else to know."""
        return {name: inputs[name] for name in self.props}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the document; an empty one is none."""
        attribute = DOCUMENTS[self.document]
        text = attributes_of(aws, id, attribute).get(attribute)
        return {"queueUrl": id, self.document: text} if text else None

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set the new document."""
        self._set(aws, id, json_text(new[self.document]))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Set an empty document, which is how SQS removes one."""
        self._set(aws, id, "")

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Return the queue's URL."""
        return str(inputs["queueUrl"])

    def _set(self, aws: Aws, url: str, text: str) -> None:
        attributes = {DOCUMENTS[self.document]: text}
        aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _document_props(document: str) -> Mapping[str, Prop]:
    return {
        "queueUrl": Prop(required=True, replaces=True),
        document: Prop(required=True, json=True),
    }


class QueuePolicy(QueueDocument):
    """Who may use a queue."""

    token = "aws:sqs/queuePolicy:QueuePolicy"
    document = "policy"
    props = _document_props("policy")


class RedrivePolicy(QueueDocument):
    """Where a queue's messages go that nobody could handle."""

    token = "aws:sqs/redrivePolicy:RedrivePolicy"
    document = "redrivePolicy"
    props = _document_props("redrivePolicy")


class RedriveAllowPolicy(QueueDocument):
    """Which queues may use a queue as their dead-letter queue."""

    token = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
    document = "redriveAllowPolicy"
    props = _document_props("redriveAllowPolicy")
