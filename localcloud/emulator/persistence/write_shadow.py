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
from typing import Any, Self

BIG = 2048

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of bringing a stored value up to date, at a path inside its entry."""

    path: Path
    text: str | None
    """The new value as JSON; None removes it. With `splice`: a JSON list."""
    splice: tuple[int, int] | None = None
    """Position and number of list elements that `text` replaces."""


class PartDigests(dict[str, "Digests"]):
    """A big dict, part by part."""


class ElementDigests(list[int]):
    """A big list, element by element."""

    @classmethod
    def of(cls, elements: list[Any]) -> Self:
        """Digests of these."""
        return cls(map(digest, elements))


class ImmutableElements(list[Any]):
    """A list whose elements never change once they are in it: the elements themselves.

    Comparing the same objects costs nothing, so a log may be as long as it likes.
    """


Digests = int | PartDigests | ElementDigests | ImmutableElements


@dataclass(frozen=True)
class Shadow:
    """How the values of one store are compared and written."""

    encode: Callable[[Any], str]
    """Makes JSON."""
    immutable_elements: bool = False
    """Whether elements of lists never change once they are in."""

    def node(self, value: Any) -> Digests:
        """Digests of a value that is on disk just so."""
        if isinstance(value, list) and self.immutable_elements:
            return ImmutableElements(value)
        if type(value) is bytes or type(value) is str:
            return hash(value)
        pickled = _pickled(value)
        if len(pickled) < BIG:
            return hash(pickled)
        if isinstance(value, dict) and all(type(key) is str for key in value):
            return PartDigests((key, self.node(part)) for key, part in list(value.items()))
        return ElementDigests.of(list(value)) if isinstance(value, list) else hash(pickled)

    def changes(self, known: Digests, value: Any, path: Path = ()) -> tuple[Digests, list[Change]]:
        """Compare with what is on disk; returns the new digests and the steps to get there."""
        if isinstance(known, PartDigests) and isinstance(value, dict):
            return self._parts(known, value, path)
        if isinstance(known, ElementDigests | ImmutableElements) and isinstance(value, list):
            return self._elements(known, list(value), path)
        if isinstance(known, int) and digest(value) == known:
            return known, []
        return self.replaced(value, path)

    def replaced(self, value: Any, path: Path = ()) -> tuple[Digests, list[Change]]:
        """Write all of it. Digests first: what a thread changes in between is seen next time."""
        fresh = self.node(value)
        return fresh, [Change(path, self.encode(value))]

    def _parts(
        self, known: PartDigests, value: dict[Any, Any], path: Path
    ) -> tuple[Digests, list[Change]]:
        current = dict(value)
        if not all(type(key) is str for key in current):
            return self.replaced(value, path)
        found = [Change((*path, key), None) for key in known.keys() - current.keys()]
        for change in found:
            del known[change.path[-1]]
        for key, part in current.items():
            here = (*path, key)
            was = known.get(key)
            known[key], steps = (
                self.replaced(part, here) if was is None else self.changes(was, part, here)
            )
            found += steps
        return known, found

    def _elements(
        self, known: ElementDigests | ImmutableElements, value: list[Any], path: Path
    ) -> tuple[Digests, list[Change]]:
        immutable = isinstance(known, ImmutableElements)
        current = ImmutableElements(value) if immutable else ElementDigests.of(value)
        if current == known:
            return known, []
        start = _common(known, current)
        tail = _common(known[start:][::-1], current[start:][::-1])
        splice = (start, len(known) - tail - start)
        fresh = value[start : len(value) - tail]
        return current, [Change(path, self.encode(fresh), splice)]


def digest(value: Any) -> int:
    """64 bits that tell one value from another within this process."""
    if type(value) is bytes or type(value) is str:
        return hash(value)  # Python keeps it in the object: megabytes of code cost nothing twice
    return hash(_pickled(value))


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many elements the two begin with alike; the usual case, one more at the end, is fast."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    return next(i for i in range(shorter) if one[i] != other[i])


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
