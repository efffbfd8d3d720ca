"""Log events as CloudWatch has them, into lines that a person or a script can read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
"""Least severe first."""
STYLES = {"DEBUG": "dim", "INFO": "green", "WARNING": "yellow", "ERROR": "bold red"}
OTHER_NAMES = {"WARN": "WARNING", "CRITICAL": "ERROR", "FATAL": "ERROR", "TRACE": "DEBUG"}
PLAIN_LEVEL = re.compile(r"\[(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)\]")
TIMED_OUT = re.compile(r"\bTask timed out after ")
"""Lambda's words for a call that it cut off, in a line of its own."""
KNOWN = frozenset({"level", "time", "timestamp", "message", "correlation_id", "_aws"})
BACKGROUND = frozenset({"function", "request_id", "trace_id", "Environment", "Function"})
"""The same in every line of an invocation: left to --json."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What could make a terminal do something; callers choose some of the logged words."""


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One log line; `fields` are the members of a JSON line, none for other text."""

    time: datetime
    level: str
    """One of LEVELS; empty when the line has none."""
    message: str
    correlation_id: str
    fields: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """For --json: what every line has, then all that this one has."""
        return {
            "time": _time_text(self.time),
            "level": self.level,
            "message": self.message,
            "correlation_id": self.correlation_id,
            **{name: value for name, value in self.fields.items() if name not in KNOWN},
        }

    def as_text(self) -> Text:
        """For a person, on one line unless its message has several."""
        words = " ".join(f"{name}={_plain(value)}" for name, value in self._details())
        parts = [
            (_time_text(self.time), "dim"),
            (f"{self.level:7}", STYLES.get(self.level, "")),
            (self.correlation_id or "-", "cyan"),
            (_plain(self.message), ""),
            (words, "dim"),
        ]
        return Text(" ").join(Text(word, style) for word, style in parts if word)

    def _details(self) -> list[tuple[str, Any]]:
        """What this line has beyond its message; of its metrics only the time it took."""
        hidden = KNOWN | BACKGROUND | (_metrics(self.fields) - {"Latency"})
        return [(name, value) for name, value in self.fields.items() if name not in hidden]


def parse(message: str, milliseconds: int) -> LogLine:
    """Make a line of an event's text and time; JSON objects are read, other text stays."""
    text = message.rstrip("\n")
    fields = _object(text)
    received = datetime.fromtimestamp(milliseconds / 1000, UTC)
    if fields is None:
        return LogLine(
            time=received, level=_level_of(text), message=text, correlation_id="", fields={}
        )
    level = str(fields.get("level", "")).upper()
    return LogLine(
        time=_time(fields.get("time", fields.get("timestamp"))) or received,
        level=OTHER_NAMES.get(level, level) if level in {*LEVELS, *OTHER_NAMES} else "",
        message=str(fields["message"]) if "message" in fields else text,
        correlation_id=str(fields.get("correlation_id", "")),
        fields=fields if "message" in fields else {},
    )


def at_least(line: LogLine, level: str) -> bool:
    """Whether the line is as severe as `level`; one without a level is not."""
    return not level or (bool(line.level) and LEVELS.index(line.level) >= LEVELS.index(level))


def _object(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _level_of(text: str) -> str:
    found = PLAIN_LEVEL.match(text)
    if found:
        return OTHER_NAMES.get(found[1], found[1])
    return "ERROR" if TIMED_OUT.search(text) else ""


def _time(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _time_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _metrics(fields: Mapping[str, Any]) -> frozenset[str]:
    """Names of the members that are metrics (CloudWatch's embedded metric format)."""
    try:
        definitions = fields["_aws"]["CloudWatchMetrics"]
        return frozenset(item["Name"] for each in definitions for item in each["Metrics"])
    except (KeyError, TypeError):
        return frozenset()


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
