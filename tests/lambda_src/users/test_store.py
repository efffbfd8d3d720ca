"""The table that the environment of `users` names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from users.models import KIND
from users.store import table_from_environment


def test_the_table_of_the_environment_is_used(
    table: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USERS_TABLE", table("id"))
    found = table_from_environment()
    assert found.page(limit=1, after=None) == []
    assert found.fields == KIND.fields
