from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.operations.log_lines import at_least, parse

RECEIVED = 1_738_315_800_123
"""2025-01-31T09:30:00.123Z in milliseconds."""
LINE = {
    "level": "INFO",
    "time": "2025-01-31T09:29:59.500+00:00",
    "message": "request",
    "function": "process",
    "correlation_id": "abc-1",
    "request_id": "r",
    "trace_id": "t",
    "route": "POST /records",
    "status": 201,
    "Requests": 1,
    "Latency": 27,
    "Environment": "local",
    "Function": "process-1",
    "_aws": {"CloudWatchMetrics": [{"Metrics": [{"Name": "Requests"}, {"Name": "Latency"}]}]},
}


def text(line: Any) -> str:
    return parse(line if isinstance(line, str) else json.dumps(line), RECEIVED).as_text().plain


def test_a_line_of_ours_shows_when_how_bad_whose_and_what() -> None:
    assert text(LINE) == (
        "2025-01-31T09:29:59.500Z INFO    abc-1 request route=POST /records status=201 Latency=27"
    )


def test_json_holds_all_but_the_definitions_of_metrics() -> None:
    shown = parse(json.dumps(LINE), RECEIVED).as_json()
    assert list(shown)[:4] == ["time", "level", "message", "correlation_id"]
    assert shown["request_id"] == "r"
    assert shown["Requests"] == 1
    assert "_aws" not in shown


@pytest.mark.parametrize(
    "message",
    [
        "START RequestId: 1 Version: 2",
        '{"time": "2025-01-31T09:30:00.123Z", "type": "platform.start", "record": {}}',
        '{"not": "finished',
        "[1, 2]",
        "{" * 100_000,
    ],
)
def test_other_text_stays_as_it_is(message: str) -> None:
    line = parse(message + "\n", RECEIVED)
    assert line.message == message
    assert line.level == line.correlation_id == ""
    assert line.time == datetime(2025, 1, 31, 9, 30, 0, 123_000, UTC)
    assert line.as_text().plain.endswith(message)


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("[ERROR] ValueError: no", "ERROR"),
        ("[WARN] careful", "WARNING"),
        ("2025-01-31T09:30:00Z r Task timed out after 3.00 seconds", "ERROR"),
        ('{"level": "critical", "message": "no"}', "ERROR"),
        ('{"level": "info", "message": "yes"}', "INFO"),
        ('{"level": "loud", "message": "what"}', ""),
        ("about an ERROR", ""),
    ],
)
def test_the_level_is_found_in_each_form_that_lambda_writes(message: str, level: str) -> None:
    assert parse(message, RECEIVED).level == level


@pytest.mark.parametrize("time", [None, 7, "soon", "2025-13-01"])
def test_a_line_without_a_time_of_its_own_has_that_of_its_event(time: Any) -> None:
    line = parse(json.dumps({"message": "m", "time": time}), RECEIVED)
    assert line.time == datetime(2025, 1, 31, 9, 30, 0, 123_000, UTC)


def test_a_time_with_another_offset_is_shown_in_utc() -> None:
    assert text({"message": "m", "timestamp": "2025-01-31T10:30:00+01:00"}).startswith(
        "2025-01-31T09:30:00.000Z"
    )


def test_nothing_that_a_caller_chose_reaches_the_terminal_as_a_command() -> None:
    shown = text({"message": "a\x1b[2Jb", "route": "\x9b31m\r"})
    assert "a\\x1b[2Jb" in shown
    assert not [each for each in shown if ord(each) < 32 or 127 <= ord(each) < 160]
    assert "\x1b" not in text("plain \x1b[31m")


def test_a_level_lets_through_what_is_as_severe() -> None:
    error, info = parse("[ERROR] e", RECEIVED), parse("[INFO] i", RECEIVED)
    assert at_least(error, "WARNING")
    assert not at_least(info, "WARNING")
    assert at_least(info, "INFO")
    silent = parse("START", RECEIVED)
    assert at_least(silent, "")
    assert not at_least(silent, "DEBUG")
