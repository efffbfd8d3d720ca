"""Whatever changes, the changes found bring what is on disk up to date."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from localcloud.emulator.persistence import journal
from localcloud.emulator.persistence.journal import apply
from localcloud.emulator.persistence.write_shadow import Change, Shadow

SHADOW = Shadow(json.dumps)
ENTRY = ("service", "store", None, "")


def replay(disk: dict[str, Any], changes: list[Change]) -> None:
    for change in changes:
        apply(disk, json.loads(journal.line(ENTRY, change)))


def some(rng: random.Random, depth: int = 3) -> Any:
    kind = rng.randrange(6 if depth else 3)
    if kind < 3:
        return [rng.randrange(1000), "t" * rng.randrange(60), None][kind]
    if kind == 3:
        return [some(rng, depth - 1) for _ in range(rng.randrange(40))]
    return {f"k{n}": some(rng, depth - 1) for n in range(rng.randrange(30))}


def edit(rng: random.Random, value: Any) -> Any:
    """One change somewhere inside, or a new value."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.2:
            del value[key]
        elif rng.random() < 0.2:
            value[f"new{rng.randrange(99)}"] = some(rng)
        else:
            value[key] = edit(rng, value[key])
        return value
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        choice = rng.randrange(4)
        if choice == 0:
            del value[at : at + rng.randrange(1, 4)]
        elif choice == 1:
            value.insert(at, some(rng, 1))
        elif choice == 2:
            value.append(some(rng, 1))
        else:
            value[at] = edit(rng, value[at])
        return value
    return some(rng)


@pytest.mark.parametrize("seed", range(60))
def test_replaying_the_changes_gives_the_value(seed: int) -> None:
    rng = random.Random(seed)
    value: Any = {"root": some(rng, 4)}
    disk: dict[str, Any] = {}
    node, changes = SHADOW.replaced(value)
    replay(disk, changes)
    for _ in range(25):
        value = edit(rng, value)
        node, changes = SHADOW.changes(node, value)
        replay(disk, changes)
        assert disk == {"store": value}
        assert SHADOW.changes(node, copy.deepcopy(value))[1] == []


def test_one_more_message_in_a_long_queue_is_written_as_one_message() -> None:
    queue = {"messages": [{"id": n, "body": "x" * 100} for n in range(1000)], "name": "q"}
    node, _ = SHADOW.replaced(queue)
    queue["messages"].append({"id": 1000})  # type: ignore[attr-defined]  # it is a list
    del queue["messages"][0]  # type: ignore[attr-defined]
    queue["messages"].insert(0, {"id": 0})  # type: ignore[attr-defined]
    node, changes = SHADOW.changes(node, queue)
    assert sum(len(change.text or "") for change in changes) < 150_000
    queue["messages"].append({"id": 1001})  # type: ignore[attr-defined]
    _, changes = SHADOW.changes(node, queue)
    assert changes == [Change(("messages",), '[{"id": 1001}]', (1001, 0))]


def test_a_log_is_compared_by_what_it_holds() -> None:
    logs = Shadow(json.dumps, immutable_elements=True)
    events: list[dict[str, int]] = [{"n": n} for n in range(5)]
    node, _ = logs.replaced({"s": {"events": events}, "name": "g" * 4000})
    value = {"s": {"events": events}, "name": "g" * 4000}
    assert logs.changes(node, value)[1] == []
    events += [{"n": 5}, {"n": 6}]
    node, changes = logs.changes(node, value)
    disk: dict[str, Any] = {"store": {"s": {"events": [{"n": n} for n in range(5)]}}}
    replay(disk, changes)
    assert disk["store"]["s"] == value["s"]
    del events[:2]
    _, changes = logs.changes(node, value)
    replay(disk, changes)
    assert disk["store"]["s"] == value["s"]
