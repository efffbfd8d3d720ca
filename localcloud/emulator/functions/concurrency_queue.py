"""More callers at once than function workers: who comes later waits for a free one.

An AWS account runs a thousand invocations at a time and refuses the next. A laptop runs a few, so
MiniStack would refuse what AWS takes; here such calls are slow instead. A limit of the function's
own (reserved concurrency) refuses at once, as on AWS.
"""

from __future__ import annotations

import threading
import time
from types import ModuleType
from typing import Any

QUEUE_SECONDS = 25.0
"""Seconds that a call waits; API Gateway gives a function up after 29."""

Slot = tuple[Any, str | None]
"""What MiniStack gave: the slot, or None and whose limit it was, `function` or `account`."""


def queue_for_slots(module: ModuleType) -> None:
    """Let calls wait for a slot of MiniStack's Lambda module, each in the thread that it has.

    A function that calls a function does not wait: both might wait for the slot of the other.
    """
    acquire_now, release_now = module._acquire_execution_slot, module._release_execution_slot
    freed = threading.Condition()

    def acquire(function: dict[str, Any], config: dict[str, Any]) -> Slot:
        timeout = QUEUE_SECONDS if module._invoke_depth.get() <= 1 else 0.0
        deadline = time.monotonic() + timeout
        with freed:
            found: Slot = acquire_now(function, config)
            while found[1] == "account" and (left := deadline - time.monotonic()) > 0:
                freed.wait(left)
                found = acquire_now(function, config)
            return found

    def release(slot: Any) -> None:
        release_now(slot)
        with freed:
            freed.notify()

    vars(module).update(_acquire_execution_slot=acquire, _release_execution_slot=release)
