from __future__ import annotations

import json
import signal
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.command_line.errors import NO_READER
from orchestrator.errors import UsageError
from orchestrator.operations import logs
from orchestrator.operations.logs import Log, LogFilter
from tests.orchestrator.live_functions import JOB, LiveFunctions
from tests.patience import PATIENCE

NEWEST = 1_738_315_800_000


def logged(live: LiveFunctions, *options: str) -> list[dict[str, Any]]:
    code, out, error = live.invoke("logs", JOB, "--no-follow", "--json", *options)
    assert code == 0, error
    return [json.loads(line) for line in out.splitlines()]


def test_the_lines_of_a_request_are_found_by_its_correlation_id(live: LiveFunctions) -> None:
    mine, other = uuid.uuid4().hex, uuid.uuid4().hex
    for correlation_id in (mine, other):
        live.call({"correlation_id": correlation_id, "crash": True})
    lines = logged(live, "--correlation-id", mine)
    assert [(line["level"], line["message"]) for line in lines] == [
        ("INFO", "called"),
        ("ERROR", "no"),
    ]
    severe = logged(live, "--level", "error")
    assert {mine, other} <= {line["correlation_id"] for line in severe}
    assert {line["level"] for line in severe} == {"ERROR"}


def test_a_person_sees_platform_lines_too(live: LiveFunctions) -> None:
    correlation_id = uuid.uuid4().hex
    live.call({"correlation_id": correlation_id})
    code, out, _ = live.invoke("logs", JOB, "--no-follow", "--since", "1h")
    assert code == 0
    assert f"INFO    {correlation_id} called" in out
    assert "START RequestId" in out


def test_lines_are_followed_until_ctrl_c_unless_no_follow_is_given(live: LiveFunctions) -> None:
    before, later = uuid.uuid4().hex, uuid.uuid4().hex
    live.call({"correlation_id": before})
    process = live.start(live.command("logs", JOB))
    try:
        assert process.stdout
        shown = until(process.stdout, before)
        live.call({"correlation_id": later})
        shown += until(process.stdout, later)
        process.send_signal(signal.SIGINT)
        rest, error = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 130
    assert error.strip().splitlines()[-1] == "interrupted"
    assert "Traceback" not in error
    everything = "".join(shown) + rest
    assert everything.count(before) == everything.count(later) == 1


@pytest.mark.parametrize("option", ["--json", "--since=1h"])
def test_a_reader_that_goes_ends_it_without_a_word(live: LiveFunctions, option: str) -> None:
    correlation_id = uuid.uuid4().hex
    live.call({"correlation_id": correlation_id})
    with live.start(live.command("logs", JOB, option)) as process:
        try:
            assert process.stdout
            assert process.stderr
            until(process.stdout, correlation_id)
            process.stdout.close()
            live.call({"correlation_id": uuid.uuid4().hex})
            assert process.wait(timeout=PATIENCE) == NO_READER
            assert process.stderr.read() == ""
        finally:
            process.kill()


def until(stream: Iterator[str], word: str) -> list[str]:
    """The lines up to the one with this word; the test's own timeout ends a wait in vain."""
    lines = []
    for line in stream:
        lines.append(line)
        if word in line:
            return lines
    raise AssertionError(f"{word} was not shown")


class Stub:
    """CloudWatch Logs with these events; like an emulator it cuts long answers off silently."""

    def __init__(self, events: list[tuple[int, str]], *, tokens: bool) -> None:
        self.events = events
        self.tokens = tokens

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        found = [
            {"timestamp": NEWEST + seconds * 1000, "message": text, "logStreamName": "s"}
            for seconds, text in self.events
            if NEWEST + seconds * 1000 >= request["startTime"]
        ]
        start = int(request.get("nextToken", "0"))
        end = start + int(request["limit"])
        more = {"nextToken": str(end)} if self.tokens and end < len(found) else {}
        return {"events": found[start:end], **more}


def log_of(stub: Stub) -> Log:
    return Log(stub, "/group", LogFilter(since=timedelta(days=3650)))


@pytest.mark.parametrize("tokens", [True, False])
def test_long_answers_are_read_to_the_end(monkeypatch: pytest.MonkeyPatch, tokens: bool) -> None:
    monkeypatch.setattr(logs, "MOST_PER_REQUEST", 3)
    events = [(n // 2, f"line {n}") for n in range(10)]
    log = log_of(Stub(events, tokens=tokens))
    assert [line.message for line in log.lines()] == [text for _, text in events]


def test_each_event_is_given_once_even_if_it_is_late_or_the_same_again() -> None:
    stub = Stub([(0, "a"), (0, "a"), (20, "b")], tokens=True)
    log = log_of(stub)
    assert [line.message for line in log.lines()] == ["a", "a", "b"]
    assert list(log.lines()) == []
    stub.events.insert(2, (10, "late"))
    stub.events.append((20, "b"))
    assert [line.message for line in log.lines()] == ["late", "b"]
    stub.events.append((300, "c"))
    assert [line.message for line in log.lines()] == ["c"]
    assert list(log.lines()) == []


@pytest.mark.parametrize(
    "option", [{"since": "ten"}, {"since": "99999d"}, {"level": "loud"}, {"correlation_id": 'a"b'}]
)
def test_an_option_that_cannot_be_meant_is_one_sentence(option: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        LogFilter.of(**{"since": "10m", "level": "", "correlation_id": "", **option})
    assert next(iter(option.values())) in str(caught.value)


def test_durations() -> None:
    found = [
        LogFilter.of(since=text, level="", correlation_id="").since
        for text in ("30s", "10m", "2h", "1d")
    ]
    assert found == [
        timedelta(seconds=30),
        timedelta(minutes=10),
        timedelta(hours=2),
        timedelta(days=1),
    ]
