"""Retries of our own, for what botocore rightly does not repeat (cancelled transactions)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

Result = TypeVar("Result")


def delays(*, attempts: int, base: float = 0.05, cap: float = 1.0) -> Iterator[float]:
    """Seconds to wait between attempts: full jitter under an exponentially growing ceiling."""
    for attempt in range(attempts - 1):
        yield random.uniform(0, min(cap, base * 2**attempt))


def retried(
    action: Callable[[], Result],
    *,
    on: Callable[[Exception], bool],
    attempts: int = 5,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Call until it succeeds, fails otherwise than `on` says, or the attempts are used up."""
    for delay in delays(attempts=attempts):
        try:
            return action()
        except Exception as error:  # whatever `on` does not know is raised again at once
            if not on(error):
                raise
            sleep(delay)
    return action()
