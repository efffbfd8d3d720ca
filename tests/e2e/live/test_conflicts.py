"""Fifty callers change the same thing at once: one wins each version, the others are told."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.e2e.live.system import System

CALLERS = 50
ROUNDS = 3
STUBBORN = 15
"""Callers who try again: the last of them does so as often."""


@pytest.fixture
def callers(system: System) -> Iterator[ThreadPoolExecutor]:
    """Threads; as many functions as the local cloud runs at once are warm then."""
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(lambda _: system.call("GET", "/items"), range(16)))
        yield pool


def change(system: System, id: str, quantity: int, version: int) -> requests.Response:
    """Replace the item as one caller does, over a connection of its own."""
    body = {"name": "Engine", "quantity": quantity}
    headers = {"If-Match": f'"{version}"'}
    return system.call("PUT", f"/items/{id}", json=body, headers=headers)


def test_of_fifty_changes_of_one_version_one_wins_and_the_rest_hear_of_it(
    system: System, callers: ThreadPoolExecutor
) -> None:
    id = f"contended-{uuid.uuid4().hex[:8]}"
    made = system.api.post("/items", json={"id": id, "name": "Engine", "quantity": 0})
    assert made.status_code == 201
    for version in range(1, ROUNDS + 1):
        quantities = range(version * 1_000, version * 1_000 + CALLERS)
        answers = list(callers.map(lambda n, v=version: change(system, id, n, v), quantities))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CALLERS - 1}
        [won] = [answer for answer in answers if answer.status_code == 200]
        sent = quantities[answers.index(won)]
        assert (won.json()["quantity"], won.json()["version"]) == (sent, version + 1)
        assert won.headers["ETag"] == f'"{version + 1}"'
        lost = [answer.json()["error"] for answer in answers if answer is not won]
        assert {error["code"] for error in lost} == {"version_conflict"}
        assert len({error["correlation_id"] for error in lost}) == CALLERS - 1
        assert system.api.get(f"/items/{id}").json() == won.json()


def test_those_who_try_again_until_they_win_all_win_once(
    system: System, callers: ThreadPoolExecutor
) -> None:
    id = f"counter-{uuid.uuid4().hex[:8]}"
    made = system.api.post("/items", json={"id": id, "name": "Engine", "quantity": 0})
    assert made.status_code == 201

    def increment(_: int) -> int:
        while True:
            seen = system.call("GET", f"/items/{id}").json()
            answer = change(system, id, seen["quantity"] + 1, seen["version"])
            if answer.status_code == 200:
                return int(answer.json()["version"])
            assert answer.status_code == 409, answer.text

    won = list(callers.map(increment, range(STUBBORN)))
    assert sorted(won) == list(range(2, STUBBORN + 2))
    assert system.api.get(f"/items/{id}").json()["quantity"] == STUBBORN
