"""Settings of the local AWS, with the defaults for a 2-core laptop."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How big the emulator may get; the defaults suit two cores and 4 GB."""

    region: str = "us-east-1"
    """Home region: of calls that name none."""
    function_concurrency: int = max(16, 8 * (os.cpu_count() or 2))
    """Invocations running at once, all functions together. A worker takes about 50 MB."""
    function_idle_seconds: int = 60
    """Surplus function workers end after this; one per function stays warm."""
    async_retry_seconds: float = 1.0
    """First wait between asynchronous retries (AWS: 60); doubles each time."""
    start_timeout: float = 20.0
    """Seconds until a silent server counts as failed; it usually takes half a second."""
    stop_timeout: float = 10.0
    """Seconds between SIGTERM and SIGKILL."""
