"""Cursors under forgery and key rotation."""

from __future__ import annotations

import pytest
from common.cursors import Cursors, SecretKeys
from common.errors import InvalidCursor
from common.values import Cached, Value


def cursors(secrets: list[str]) -> Cursors:
    now = iter(range(0, 10_000, 11))
    cached = Cached(lambda: Value(secrets[0]), life=300, clock=lambda: float(next(now)))
    return Cursors(SecretKeys(lambda newer_than: cached.get(newer_than=newer_than).text))


def test_a_position_comes_back_for_the_same_query_only() -> None:
    made = cursors(["secret"])
    cursor = made.issue(("records", "A"), {"timestamp": "t"})
    assert made.read(("records", "A"), cursor) == {"timestamp": "t"}
    for query in (("records", "B"), ("records",), ("records", "A", "")):
        with pytest.raises(InvalidCursor):
            made.read(query, cursor)


def test_every_bit_of_a_cursor_is_signed() -> None:
    made = cursors(["secret"])
    cursor = made.issue(("q",), {"id": "abc"})
    for index, letter in enumerate(cursor[:-1]):
        forged = cursor[:index] + ("A" if letter != "A" else "B") + cursor[index + 1 :]
        with pytest.raises(InvalidCursor):
            made.read(("q",), forged)


def test_a_rotated_key_is_noticed_at_the_first_cursor_made_with_it() -> None:
    secrets = ['{"cursor_signing_key": "old"}']
    made = cursors(secrets)
    old = made.issue(("q",), {"id": "1"})
    secrets[0] = '{"cursor_signing_key": "new"}'
    new = cursors(secrets).issue(("q",), {"id": "2"})
    assert made.read(("q",), new) == {"id": "2"}
    with pytest.raises(InvalidCursor):
        made.read(("q",), old)


def test_the_named_field_of_the_secret_is_the_key() -> None:
    first = cursors(['{"cursor_signing_key": "k", "other": 1}'])
    second = cursors(['{"cursor_signing_key": "k", "other": 2}'])
    assert second.read(("q",), first.issue(("q",), {"id": "1"})) == {"id": "1"}
