"""Page sizes, and cursors signed with the secret of the environment."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from common.errors import InvalidCursor, InvalidQuery
from common.paging import Page, cursors_from_environment, limit_of


def test_a_page_says_how_many_and_where_the_next_one_is() -> None:
    body = Page(items=[{"id": "a"}], cursor=None).body()
    assert body == {"items": [{"id": "a"}], "count": 1, "cursor": None}


@pytest.mark.parametrize(
    ("given", "limit"), [({}, 25), ({"limit": "1"}, 1), ({"limit": "100"}, 100)]
)
def test_the_limit_is_what_was_asked_for(given: dict[str, str], limit: int) -> None:
    assert limit_of(given) == limit


@pytest.mark.parametrize("text", ["0", "101", "", " 1", "+1", "1.0", "1_0", "99999999999"])
def test_a_limit_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        limit_of({"limit": text})


def test_cursors_are_signed_with_the_secret_that_the_environment_names(
    cloud: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for key in ("one", "two"):
        name = f"s{uuid.uuid4().hex[:8]}"
        text = f'{{"cursor_signing_key": "{key}"}}'
        cloud("secretsmanager").create_secret(Name=name, SecretString=text)
        monkeypatch.setenv("SECRET_NAME", name)
        made.append(cursors_from_environment())
    cursor = made[0].issue(("q",), {"id": "1"})
    assert made[0].read(("q",), cursor) == {"id": "1"}
    with pytest.raises(InvalidCursor):
        made[1].read(("q",), cursor)
