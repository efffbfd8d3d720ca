"""Amazon SQS: queues, and their documents as resources of their own."""

from __future__ import annotations

from localcloud.provider.services.sqs.queue import Queue
from localcloud.provider.services.sqs.queue_policies import (
    QueuePolicy,
    RedriveAllowPolicy,
    RedrivePolicy,
)

TYPES = [Queue(), QueuePolicy(), RedrivePolicy(), RedriveAllowPolicy()]
