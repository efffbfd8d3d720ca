"""What a caller is told about a body that does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from common.errors import InvalidBody
from common.validation import validated

GOOD = {"symbol": "A", "timestamp": "2025-01-31T09:30:00Z", "price": 1}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"symbol": "A"}, r"The body must contain timestamp, price\."),
        (GOOD | {"x": 1}, r"The body holds a property that is not allowed here\."),
        (GOOD | {"price": -1}, r"price must satisfy minimum: 0\."),
        (GOOD | {"symbol": 7}, r"symbol must satisfy type: string\."),
        ([], r"The body must satisfy type: object\."),
    ],
)
def test_the_message_says_where_and_what(body: Any, message: str) -> None:
    with pytest.raises(InvalidBody, match=message):
        validated(body, "Record")


def test_what_the_caller_sent_is_not_echoed() -> None:
    with pytest.raises(InvalidBody) as caught:
        validated(GOOD | {"<script>": 1, "symbol": "<script>"}, "Record")
    assert "script" not in str(caught.value)


def test_a_fitting_body_comes_back_unchanged() -> None:
    assert validated(GOOD, "Record") == GOOD
