from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import pytest

from orchestrator.checkout.target import Target
from orchestrator.errors import RedriveFailed, UnknownFunction, UsageError
from orchestrator.operations import redrive
from tests.orchestrator.live_functions import JOB, LiveFunctions
from tests.patience import PATIENCE, until

POISON = {"kind": "ingest.failure", "record": "poison"}
QUICK = """
import sys
from pathlib import Path
from orchestrator.checkout.target import Target
from orchestrator.operations import redrive

redrive.GRACE_SECONDS = 1
redrive.redrive(Target(root=Path(sys.argv[1])), "ingest")
"""
"""A redrive whose messages come back 3 s after it was killed, not 17 s."""


def run(live: LiveFunctions, capsys: pytest.CaptureFixture[str], **more: Any) -> dict[str, Any]:
    """Redrive in this process; gives what --json prints."""
    capsys.readouterr()
    with contextlib.suppress(RedriveFailed):
        redrive.redrive(Target(root=live.root), JOB, as_json=True, **more)
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def numbers(printed: dict[str, Any]) -> tuple[int, int, int]:
    return printed["moved"], printed["left"], printed["failed"]


def test_every_shape_goes_back_and_what_fails_again_stays(live: LiveFunctions) -> None:
    live.send({"n": 1}, {"requestContext": {}, "requestPayload": {"n": 2}})
    live.send({"kind": "ingest.failure", "record": "{}"}, POISON, "not JSON", {"crash": True})
    live.send({"status": 503})
    code, out, error = live.invoke("redrive", JOB)
    assert code == 1
    assert "3 moved, 0 left, 4 failed" in out
    assert "invalid_json: Not JSON." in out
    assert "not an event" in out
    assert "answered with status 503" in out
    assert "4 of 7 events failed again" in error
    assert f"./invoke logs {JOB}" in error
    left = [POISON, {"crash": True}, {"status": 503}]
    expected = sorted([*map(json.dumps, left), "not JSON"])
    assert sorted(live.waiting()) == expected


def test_a_second_run_has_nothing_to_do(
    live: LiveFunctions, capsys: pytest.CaptureFixture[str]
) -> None:
    live.send({"n": 1}, {"n": 2})
    assert numbers(run(live, capsys)) == (2, 0, 0)
    assert numbers(run(live, capsys)) == (0, 0, 0)


def test_a_dry_run_shows_the_shapes_and_moves_nothing(
    live: LiveFunctions, capsys: pytest.CaptureFixture[str]
) -> None:
    live.send({"n": 1}, POISON)
    printed = run(live, capsys, dry_run=True)
    assert numbers(printed) == (0, 2, 0)
    assert {each["kind"] for each in printed["messages"]} == {"event", "record"}
    assert len(live.waiting()) == 2


def test_a_limit_leaves_the_rest(live: LiveFunctions, capsys: pytest.CaptureFixture[str]) -> None:
    live.send(*({"n": n} for n in range(5)))
    assert numbers(run(live, capsys, limit="3")) == (3, 2, 0)
    assert len(live.waiting()) == 2


def test_two_runs_at_once_share_the_work(live: LiveFunctions) -> None:
    live.send(*({"n": n, "seconds": 0.1} for n in range(24)))
    processes = [live.start(live.command("redrive", JOB, "--json")) for _ in range(2)]
    printed = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in processes]
    assert sum(each["moved"] for each in printed) == 24
    assert not any(each["failed"] for each in printed)
    assert live.waiting() == []


def test_a_killed_run_loses_nothing(
    live: LiveFunctions, capsys: pytest.CaptureFixture[str]
) -> None:
    live.send(*({"n": n, "seconds": 0.1} for n in range(24)))
    process = live.start([sys.executable, "-c", QUICK, str(live.root)])
    until(lambda: 0 < in_queue(live) < 20, "some are done")
    process.kill()
    process.communicate()
    before = in_queue(live)
    assert 0 < before < 20
    moved = 0

    def done() -> bool:
        nonlocal moved
        printed = run(live, capsys)
        moved += printed["moved"]
        assert printed["failed"] == 0
        return in_queue(live) == 0

    until(done, "all are done")
    assert moved == before


def in_queue(live: LiveFunctions) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = live.sqs.get_queue_attributes(QueueUrl=live.function.dlq_url, AttributeNames=names)
    return sum(int(found["Attributes"][name]) for name in names)


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5"])
def test_a_limit_that_is_none_is_refused(live: LiveFunctions, limit: str) -> None:
    with pytest.raises(UsageError, match="no limit"):
        redrive.redrive(Target(root=live.root), JOB, limit=limit)


def test_an_unknown_function_lists_the_known_ones(live: LiveFunctions) -> None:
    with pytest.raises(UnknownFunction, match="process, ingest, retrieve"):
        redrive.redrive(Target(root=live.root), "cook")
