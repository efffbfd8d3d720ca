"""Values that are read once in a while."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from common.errors import DependencyUnavailable
from common.values import Cached, Value


class Source:
    """A value that may be away."""

    def __init__(self) -> None:
        self.reads, self.away = 0, False

    def __call__(self) -> Value:
        self.reads += 1
        if self.away:
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetParameter")
        return Value(f"v{self.reads}")


def test_a_value_is_read_again_when_it_is_too_old() -> None:
    source, now = Source(), 0.0
    cached = Cached(source, life=60, clock=lambda: now)
    assert [cached.get().text, cached.get().text] == ["v1", "v1"]
    now = 30.0
    assert cached.get(newer_than=10).text == "v2"
    now = 91.0
    assert cached.get().text == "v3"


def test_an_old_value_is_better_than_none() -> None:
    source, now = Source(), 0.0
    cached = Cached(source, life=60, clock=lambda: now)
    cached.get()
    source.away, now = True, 100.0
    assert cached.get().text == "v1"


def test_without_any_value_the_caller_hears_of_it() -> None:
    source = Source()
    source.away = True
    with pytest.raises(DependencyUnavailable):
        Cached(source).get()
