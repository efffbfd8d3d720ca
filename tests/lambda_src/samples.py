"""Event samples, and what a handler sees of Lambda."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def event(name: str, **changes: Any) -> dict[str, Any]:
    """Read `<job>/events/<name>.json`, given as `job/name`, with some members replaced."""
    job, _, name = name.partition("/")
    sample: dict[str, Any] = json.loads((HERE / job / "events" / f"{name}.json").read_text("utf-8"))
    return sample | changes


def body_of(answer: dict[str, Any]) -> Any:
    """The JSON body of a proxy answer."""
    return json.loads(answer["body"])


def error_code(answer: dict[str, Any]) -> str:
    """The code of an error answer, which must have the one shape."""
    error = body_of(answer)["error"]
    assert set(error) == {"code", "message", "correlation_id"}
    assert error["message"]
    assert error["correlation_id"] == answer["headers"]["X-Correlation-Id"]
    return str(error["code"])


@dataclass
class Context:
    """Lambda's context object."""

    aws_request_id: str = "req-1"
    remaining: int = 15_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining
