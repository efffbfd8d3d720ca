"""What a caller may ask for."""

from __future__ import annotations

from retrieve.models import FIRST, LAST, Query


def test_without_a_range_all_times_are_in_it() -> None:
    query = Query.of("ACME", {})
    assert (query.start, query.end) == (FIRST, LAST)
    assert query.start < "0001-01-01T00:00:00.000000Z"
    assert query.end >= "9999-12-31T23:59:59.999999Z"


def test_a_cursor_is_bound_to_all_but_the_page_size() -> None:
    one, other = Query.of("ACME", {"limit": "1"}), Query.of("ACME", {"limit": "2"})
    assert one.words == other.words
    assert one.words != Query.of("ACME", {"from": "2025-01-01T00:00:00Z"}).words
