"""Amazon SQS: queues, and their documents as resources of their own."""

from __future__ import annotations

from localcloud.provider.services.sqs.documents import (
    QueuePolicy,
    RedriveAllowPolicy,
    RedrivePolicy,
)
from localcloud.provider.services.sqs.queue import Queue

TYPES = [Queue(), QueuePolicy(), RedrivePolicy(), RedriveAllowPolicy()]
