"""What was looked up is tracked, in the request that did so and for the sweep."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.emulator.persistence import access_tracking as touch
from localcloud.emulator.persistence.access_tracking import (
    CURRENT,
    Accesses,
    TrackedDict,
    untracked,
)


@pytest.mark.parametrize(
    ("look", "keys"),
    [
        (lambda d: d["a"], {"a"}),
        (lambda d: d.get("b"), {"b"}),
        (lambda d: d.setdefault("c", 1), {"c"}),
        (lambda d: d.pop("a"), {"a"}),
        (lambda d: d.__setitem__("n", 1), {"n"}),
        (lambda d: d.__delitem__("a"), {"a"}),
        (lambda d: list(d.items()), None),
        (lambda d: list(d.values()), None),
        (lambda d: d.update(z=1), None),
        (lambda d: d.clear(), None),
        (lambda d: "a" in d and list(d) and len(d), set()),
    ],
)
def test_every_way_to_an_entry_is_noted(look: Callable[[Any], Any], keys: set[str] | None) -> None:
    tracked = TrackedDict({"a": 1}, "owner")
    accesses = Accesses()
    token = CURRENT.set(accesses)
    touch.SINCE_SWEEP.take()
    try:
        look(tracked)
    finally:
        CURRENT.reset(token)
    expected = {} if keys == set() else {"owner": keys}
    assert accesses.stores == expected
    assert touch.SINCE_SWEEP.take().stores == expected


def test_the_recorder_leaves_no_trace() -> None:
    tracked = TrackedDict({"a": 1}, "owner")
    touch.SINCE_SWEEP.take()
    with untracked():
        assert list(tracked.items()) == [("a", 1)]
    assert not touch.SINCE_SWEEP.take()


def test_all_of_a_store_swallows_its_keys() -> None:
    one, other = Accesses(), Accesses()
    one.add("s", 1)
    one.add("t", 1)
    other.add_all("s")
    other.add("t", 2)
    one.merge(other)
    assert one.stores == {"s": None, "t": {1, 2}}


def test_copies_are_plain() -> None:
    tracked = TrackedDict({"a": [1]}, "owner")
    for made in (copy.deepcopy(tracked), pickle.loads(pickle.dumps(tracked))):
        assert type(made) is dict
        assert made == {"a": [1]}
