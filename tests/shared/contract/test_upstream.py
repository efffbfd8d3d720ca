"""What a program exports, and what it must not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pytest

from shared.contract import upstream
from shared.contract.promise import Promise
from shared.contract.upstream import Members
from shared.errors import StackError
from tests.shared.program import in_stack


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is exported from now on, by name."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(pulumi, "export", found.__setitem__)
    return found


def publish(promises: Mapping[str, Promise], values: Mapping[str, Any]) -> None:
    upstream.publish("data", 1, promises, values)


@pytest.mark.parametrize("secret", [True, False])
def test_what_is_promised_as_secret_stays_encrypted(
    exported: dict[str, Any], *, secret: bool
) -> None:
    async def made() -> bool:
        promises = {"word": Promise(about="A word.", secret=secret)}
        in_stack(lambda: publish(promises, {"word": "x"}))
        return bool(await exported["word"].is_secret())

    assert asyncio.run(made()) is secret


def test_what_is_left_out_is_not_published(exported: dict[str, Any]) -> None:
    in_stack(lambda: publish({"url": Promise(about="A URL.", optional=True)}, {"url": None}))
    assert set(exported) == {"contract"}
    assert exported["contract"]["layer"] == "data"


@pytest.mark.parametrize("made", [["users"], ["users", "items", "orders"]])
def test_other_members_than_the_promised_ones_are_refused(
    exported: dict[str, Any], made: list[str]
) -> None:
    promise = Promise(about="Tables.", by_name=True, members=("users", "items"))
    tables: Members[str, str] = Members(cast("Any", None), made)  # its values are not asked for
    with pytest.raises(StackError, match="promises tables of items, users, and its program makes"):
        in_stack(lambda: publish({"tables": promise}, {"tables": tables}))
    assert exported == {}
