"""The table that the environment of `items` names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from items.models import KIND
from items.store import table_from_environment


def test_the_table_of_the_environment_is_used(
    table: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ITEMS_TABLE", table("id"))
    found = table_from_environment()
    assert found.page(limit=1, after=None) == []
    assert found.fields == KIND.fields
