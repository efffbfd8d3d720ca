"""One JSON log line per invocation that carries its metrics, and lines in between when needed.

Every line has the correlation id. The last line of an invocation carries the metrics in
CloudWatch's embedded metric format (the `_aws` member): no metrics API and no second line.
A Lambda instance serves one invocation at a time, so the state is one object per process.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

LEVELS: Final = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}
CREDENTIAL: Final = re.compile(
    r"authorization|password|secret|token|cookie|credential|api.?key", re.I
)
UNITS: Final = {"Latency": "Milliseconds"}


class Telemetry:
    """The log and the metrics of the running invocation."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._metrics: Counter[str] = Counter()
        self._started = time.monotonic()

    def begin(self, *, function: str, correlation_id: str, request_id: str) -> None:
        """Forget the last invocation; every line from here on carries these fields."""
        self._metrics.clear()
        self._started = time.monotonic()
        self._fields = {
            "function": function,
            "correlation_id": correlation_id,
            "request_id": request_id,
            "trace_id": os.environ.get("_X_AMZN_TRACE_ID", ""),
        }

    def count(self, metric: str, value: int = 1) -> None:
        """Add to a metric of this invocation."""
        self._metrics[metric] += value

    def info(self, message: str, **fields: Any) -> None:
        """Write a line about something normal."""
        self._write("INFO", message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        """Write a line about something that somebody may want to look into."""
        self._write("WARNING", message, fields)

    def failure(self, message: str, error: BaseException, **fields: Any) -> None:
        """Write an ERROR line: the error's type, text and place; never the event that caused it."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
        shown = {"type": type(error).__name__, "message": str(error)[:500], "at": place}
        self._write("ERROR", message, {**fields, "error": shown})

    def end(self, message: str, **fields: Any) -> None:
        """Write the invocation's line, whatever LOG_LEVEL says: it carries the metrics."""
        latency = round((time.monotonic() - self._started) * 1000)
        metrics = {"Requests": 1, **self._metrics, "Latency": latency}
        self._write("INFO", message, {**fields, **metrics, **_embedded(metrics)}, always=True)

    def _write(
        self, level: str, message: str, fields: dict[str, Any], *, always: bool = False
    ) -> None:
        threshold = LEVELS.get(os.environ.get("LOG_LEVEL", "INFO").upper(), 20)
        if not always and LEVELS[level] < threshold:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {
            "level": level,
            "time": now,
            "message": message,
            **self._fields,
            **_redacted(fields),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _redacted(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: "[redacted]" if CREDENTIAL.search(name) else _plain(value)
        for name, value in fields.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _redacted(value)
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _embedded(metrics: dict[str, int]) -> dict[str, Any]:
    definitions = [{"Name": name, "Unit": UNITS.get(name, "Count")} for name in metrics]
    namespace = os.environ.get("METRICS_NAMESPACE") or os.environ.get("PROJECT") or "Microstack"
    return {
        "Environment": os.environ.get("ENVIRONMENT", "unknown"),
        "Function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "unknown"),
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": namespace,
                    "Dimensions": [["Environment", "Function"]],
                    "Metrics": definitions,
                }
            ],
        },
    }


telemetry = Telemetry()
