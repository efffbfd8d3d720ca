"""What is on disk of an entry, as digests: finds the smallest changes that bring it up to date.

A small value is one digest. A big one (BIG bytes pickled) is kept part by part, so that one more
message in a long queue is written as one message. Comparing costs pickling, about 5 ns a byte; only
what changed is turned into JSON.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

BIG = 2048

Path = tuple[str, ...]
Encode = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of bringing a stored value up to date, at a path inside its entry."""

    path: Path
    text: str | None
    """The new value as JSON; None removes it. With `splice`: a JSON list."""
    splice: tuple[int, int] | None = None
    """Position and number of list elements that `text` replaces."""


class Parts(dict[str, "Node"]):
    """A big dict, part by part."""


class Row(list[int]):
    """A big list, element by element."""


Node = int | Parts | Row


def digest(value: Any) -> int:
    """64 bits that tell one value from another within this process."""
    if type(value) is bytes or type(value) is str:
        return hash(value)  # Python keeps it in the object: megabytes of code cost nothing twice
    return hash(_pickled(value))


def node(value: Any) -> Node:
    """Digests of a value that is on disk just so."""
    if type(value) is bytes or type(value) is str:
        return hash(value)
    pickled = _pickled(value)
    if len(pickled) < BIG:
        return hash(pickled)
    if isinstance(value, dict) and all(type(key) is str for key in value):
        return Parts((key, node(part)) for key, part in list(value.items()))
    if isinstance(value, list):
        return Row(map(digest, list(value)))
    return hash(pickled)


def changes(known: Node, value: Any, path: Path, encode: Encode) -> tuple[Node, list[Change]]:
    """Compare with what is on disk; returns the new digests and the steps to get there."""
    if isinstance(known, Parts) and isinstance(value, dict):
        return _parts_changes(known, value, path, encode)
    if isinstance(known, Row) and isinstance(value, list):
        return _row_changes(known, list(value), path, encode)
    if isinstance(known, int) and digest(value) == known:
        return known, []
    return replaced(value, path, encode)


def replaced(value: Any, path: Path, encode: Encode) -> tuple[Node, list[Change]]:
    """Write all of it. Digests first: what changes in between (by a thread) is seen next time."""
    fresh = node(value)
    return fresh, [Change(path, encode(value))]


def _parts_changes(
    known: Parts, value: dict[Any, Any], path: Path, encode: Encode
) -> tuple[Node, list[Change]]:
    found: list[Change] = []
    current = dict(value)
    if not all(type(key) is str for key in current):
        return replaced(value, path, encode)
    for key in known.keys() - current.keys():
        del known[key]
        found.append(Change((*path, key), None))
    for key, part in current.items():
        if key in known:
            known[key], steps = changes(known[key], part, (*path, key), encode)
        else:
            known[key], steps = replaced(part, (*path, key), encode)
        found += steps
    return known, found


def _row_changes(
    known: Row, value: list[Any], path: Path, encode: Encode
) -> tuple[Node, list[Change]]:
    current = Row(map(digest, value))
    if current == known:
        return known, []
    start = _common(known, current)
    tail = _common(known[start:][::-1], current[start:][::-1])
    fresh = value[start : len(value) - tail]
    splice = (start, len(known) - tail - start)
    return current, [Change(path, encode(fresh), splice)]


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _pickled(value: Any) -> bytes:
    """Freeze a value in one step: over plain values the pickler never lets another thread run."""
    for _ in range(5):
        try:
            return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        except RuntimeError:  # changed while being walked, by a thread
            continue
        except (pickle.PicklingError, AttributeError, TypeError):
            break
    return json.dumps(value, default=repr).encode()
