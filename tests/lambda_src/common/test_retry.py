"""Retries of our own."""

from __future__ import annotations

import pytest
from common.retry import delays, retried


def test_waits_are_spread_under_a_growing_ceiling() -> None:
    for _ in range(50):
        waits = list(delays(attempts=8, base=0.1, cap=1.0))
        assert len(waits) == 7
        for attempt, wait in enumerate(waits):
            assert 0 <= wait <= min(1.0, 0.1 * 2**attempt)
    assert len({next(delays(attempts=2)) for _ in range(20)}) > 1


def test_only_what_may_be_repeated_is() -> None:
    calls = 0

    def action() -> str:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise ValueError("busy")
        return "done"

    assert retried(action, on=lambda e: isinstance(e, ValueError), sleep=lambda _: None) == "done"
    calls = 0
    with pytest.raises(ValueError, match="busy"):
        retried(action, on=lambda e: isinstance(e, KeyError), sleep=lambda _: None)
    assert calls == 1


def test_the_last_error_is_raised_when_the_attempts_are_used_up() -> None:
    def action() -> None:
        raise KeyError("still")

    waits: list[float] = []
    with pytest.raises(KeyError):
        retried(action, on=lambda _: True, attempts=4, sleep=waits.append)
    assert len(waits) == 3
