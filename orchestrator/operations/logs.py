"""Shows what a function wrote to its log, and what it writes from now on."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from orchestrator.checkout.target import Target
from orchestrator.errors import UsageError
from orchestrator.operations.functions import deployed_function
from orchestrator.operations.log_lines import LEVELS, LogLine, at_least, parse

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
MOST_DAYS = 3650
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:=-]{1,128}")
"""What functions take for one (lambda_src/common/request.py); others they replace."""
MOST_PER_REQUEST = 10_000
"""Events that CloudWatch Logs gives at once (FilterLogEvents)."""
LATE_MILLISECONDS = 30_000
"""How far back each look goes: events of other instances may come in after younger ones."""
POLL_SECONDS = 1.0

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """Which lines to show."""

    since: timedelta
    level: str = ""
    correlation_id: str = ""

    @classmethod
    def of(cls, *, since: str, level: str, correlation_id: str) -> LogFilter:
        """Make it of what was typed; UsageError names what makes no sense."""
        return cls(
            since=_duration(since), level=_level(level), correlation_id=_correlation(correlation_id)
        )

    def matches(self, line: LogLine) -> bool:
        """Whether the line is one of them."""
        right = not self.correlation_id or line.correlation_id == self.correlation_id
        return right and at_least(line, self.level)

    @property
    def pattern(self) -> dict[str, str]:
        """What CloudWatch itself can sort out (a filter pattern of one quoted term)."""
        return {"filterPattern": f'"{self.correlation_id}"'} if self.correlation_id else {}


def show(
    target: Target, job: str, wanted: LogFilter, *, follow: bool = True, as_json: bool = False
) -> None:
    """Print a function's lines, oldest first; with `follow` go on until Ctrl-C (exit code 130)."""
    console = Console()
    with deployed_function(target, job) as function:
        log = Log(function.client("logs"), function.log_group, wanted)
        for line in log.follow() if follow else log.lines():
            if not wanted.matches(line):
                continue
            if as_json:
                print(json.dumps(line.as_json(), ensure_ascii=False), flush=follow)
            else:
                console.print(line.as_text(), soft_wrap=True)


class Log:
    """One log group, read forwards; every event is given once."""

    def __init__(self, logs: Any, group: str, wanted: LogFilter) -> None:
        self._logs = logs
        self._request = {"logGroupName": group, **wanted.pattern}
        self._start = _milliseconds(datetime.now(UTC) - wanted.since)
        self._shown: Counter[tuple[str, ...]] = Counter()

    def follow(self) -> Iterator[LogLine]:
        """All lines, and then each as it comes in."""
        while True:
            yield from self.lines()
            time.sleep(POLL_SECONDS)

    def lines(self) -> Iterator[LogLine]:
        """The lines that were not given yet."""
        found: Counter[tuple[str, ...]] = Counter()
        newest = 0
        for event in self._events():
            newest = max(newest, event["timestamp"])
            key = _key(event)
            found[key] += 1
            if found[key] > self._shown[key]:
                yield parse(event["message"], event["timestamp"])
        self._shown = found  # what is older than the next look will not be asked for again
        self._start = max(self._start, newest - LATE_MILLISECONDS)

    def _events(self) -> Iterator[Event]:
        """Page by page. A full page without a token is not the end on every emulator."""
        request: dict[str, Any] = {**self._request, "startTime": self._start}
        boundary: Counter[tuple[str, ...]] = Counter()
        while True:
            answer = self._logs.filter_log_events(**request, limit=MOST_PER_REQUEST)
            events: list[Event] = answer["events"]
            yield from _beyond(boundary, events)
            if token := answer.get("nextToken"):
                request["nextToken"] = token
                continue
            if len(events) < MOST_PER_REQUEST or events[-1]["timestamp"] == request["startTime"]:
                return
            request["startTime"] = events[-1]["timestamp"]
            boundary = Counter(_key(e) for e in events if e["timestamp"] == request["startTime"])


def _beyond(boundary: Counter[tuple[str, ...]], events: Iterable[Event]) -> Iterator[Event]:
    """The events but for those in `boundary`, which takes them off."""
    for event in events:
        if boundary[_key(event)] > 0:
            boundary[_key(event)] -= 1
        else:
            yield event


def _key(event: Event) -> tuple[str, ...]:
    """What distinguishes events; those that are alike in all of it are counted."""
    if "eventId" in event:
        return (event["eventId"],)
    return (event["logStreamName"], str(event["timestamp"]), event["message"])


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found:
        duration = timedelta(**{UNITS[found[2]]: int(found[1])})
        if duration <= timedelta(days=MOST_DAYS):
            return duration
    raise UsageError(f"{text!r} is no duration: say --since 30s, 10m, 2h or 1d.")


def _level(text: str) -> str:
    if text and text.upper() not in LEVELS:
        raise UsageError(f"There is no level {text!r}. The levels are: {', '.join(LEVELS)}.")
    return text.upper()


def _correlation(text: str) -> str:
    if text and not CORRELATION_ID.fullmatch(text):
        raise UsageError(f"{text!r} is no correlation id: up to 128 of A-Z a-z 0-9 . _ : = -")
    return text


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
