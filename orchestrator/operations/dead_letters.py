"""What lies in a function's dead-letter queue, and what becomes of it when it is given again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

LONG_POLL_SECONDS = 1
"""Any wait at all makes SQS ask all of its servers, so that an empty answer means empty."""
MOST_PER_REQUEST = 10
"""Messages that SQS gives or takes at once (ReceiveMessage, ChangeMessageVisibilityBatch)."""

Kind = Literal["event", "envelope", "record", "unreadable"]
"""The event itself (Lambda's dead-letter queue); the event in a note on how it failed (Lambda's
destinations); one record that `ingest` could not store; something else."""


@dataclass(frozen=True, kw_only=True)
class DlqMessage:
    """A message that was received: hidden from others for a while."""

    id: str
    receipt: str
    body: str
    sent: str
    """RFC 3339, UTC."""

    @property
    def kind(self) -> Kind:
        """Which of the shapes it has."""
        try:
            content = json.loads(self.body)
        except ValueError:
            return "unreadable"
        if not isinstance(content, dict):
            return "unreadable"
        if "requestPayload" in content and "requestContext" in content:
            return "envelope"
        return "record" if content.get("kind") == "ingest.failure" else "event"

    @property
    def event(self) -> str:
        """The JSON that its function is to be given."""
        if self.kind == "envelope":
            return json.dumps(json.loads(self.body)["requestPayload"])
        return self.body


class Queue:
    """A dead-letter queue; what is received stays hidden for `hidden_seconds`."""

    def __init__(self, sqs: Any, url: str, *, hidden_seconds: int) -> None:
        self._sqs = sqs
        self._url = url
        self.hidden_seconds = hidden_seconds

    def batches(self, *, size: int, limit: int) -> Iterator[list[DlqMessage]]:
        """Every message once, oldest first as far as SQS knows; `limit` 0: all."""
        seen: set[str] = set()
        while not limit or len(seen) < limit:
            wanted = min(size, limit - len(seen)) if limit else size
            fresh = [each for each in self._receive(wanted) if each.id not in seen]
            if not fresh:
                return
            seen.update(each.id for each in fresh)
            yield fresh

    def delete(self, message: DlqMessage) -> None:
        """Take it out of the queue."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)

    def release(self, messages: Sequence[DlqMessage]) -> None:
        """Let them be received at once; those that are gone or visible already are left alone."""
        for start in range(0, len(messages), MOST_PER_REQUEST):
            entries = [
                {"Id": str(index), "ReceiptHandle": message.receipt, "VisibilityTimeout": 0}
                for index, message in enumerate(messages[start : start + MOST_PER_REQUEST])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    def count(self) -> tuple[int, int]:
        """How many messages can be received, and how many are hidden: about, as SQS counts."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=names)
        waiting, hidden = (int(answer["Attributes"][name]) for name in names)
        return waiting, hidden

    def _receive(self, wanted: int) -> list[DlqMessage]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(wanted, MOST_PER_REQUEST),
            VisibilityTimeout=self.hidden_seconds,
            WaitTimeSeconds=LONG_POLL_SECONDS,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return [_dlq_message(each) for each in answer.get("Messages", [])]


def refusal(kind: Kind, answer: Any, *, crashed: bool) -> str:
    """Why a function's answer means that the event is not done; empty: it is.

    `ingest` answers a single record with `failed`, and HTTP functions with a status.
    """
    body = answer if isinstance(answer, dict) else {}
    if crashed:
        return f"{body.get('errorType', 'error')}: {body.get('errorMessage', 'no message')}"
    if kind == "record" and body.get("failed"):
        reason = body.get("reason") or {}
        return f"{reason.get('code', 'failed')}: {reason.get('message', 'no message')}"
    status = body.get("statusCode")
    return f"answered with status {status}" if isinstance(status, int) and status >= 400 else ""


def _dlq_message(message: dict[str, Any]) -> DlqMessage:
    milliseconds = int(message.get("Attributes", {}).get("SentTimestamp", 0))
    sent = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return DlqMessage(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        sent=sent.isoformat(timespec="seconds"),
    )
