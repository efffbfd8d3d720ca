"""Entities on a real DynamoDB (the emulator's), under competition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from common.cursors import Cursors
from common.entities import Entities, Entity
from common.entity_table import DynamoTable
from common.errors import NotFound, VersionConflict
from items.models import KIND

from tests.lambda_src.memory import Keys

PRICE = Decimal("1234567890123.123456789012345678")


@pytest.fixture
def store(table: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> DynamoTable:
    monkeypatch.setenv("ITEMS_TABLE", table("id"))
    return DynamoTable.from_environment(KIND)


@pytest.fixture
def items(store: DynamoTable) -> Entities:
    return Entities(KIND, store, Cursors(Keys()))


def bolt(**changes: object) -> dict[str, object]:
    return {"id": "bolt", "name": "Bolt", "quantity": 7} | changes


def test_an_entity_is_read_as_it_was_written(items: Entities) -> None:
    made = items.create(bolt(price=Decimal("0.1"), description=""), token=None)
    assert items.get("bolt") == made
    assert made.fields == {
        "name": "Bolt",
        "quantity": 7,
        "price": Decimal("0.1"),
        "description": "",
    }


def test_every_digit_of_a_number_is_kept(store: DynamoTable) -> None:
    entity = Entity(id="x", fields={"price": PRICE}, version=1, created_at="", updated_at="")
    store.insert(entity)
    assert store.get("x") == entity


def test_an_update_keeps_what_is_the_tables_own(items: Entities) -> None:
    made = items.create(bolt(), token="t")
    changed = items.replace("bolt", {"name": "Nut"}, expected=1)
    assert changed == items.get("bolt")
    assert changed.fields == {"name": "Nut"}
    assert (changed.created_at, changed.origin) == (made.created_at, made.origin)
    assert changed.updated_at > made.updated_at


def test_fifty_updates_from_one_version_and_one_wins(items: Entities) -> None:
    items.create(bolt(), token=None)

    def update(n: int) -> str:
        try:
            return f"won {items.replace('bolt', {'name': f'Bolt {n}'}, expected=1).fields['name']}"
        except VersionConflict:
            return "lost"

    with ThreadPoolExecutor(16) as pool:
        results = Counter(pool.map(update, range(50)))
    assert results.pop("lost") == 49
    assert list(results.values()) == [1]
    found = items.get("bolt")
    assert found.version == 2
    assert f"won {found.fields['name']}" in results


def test_competitors_who_try_again_lose_nothing(items: Entities) -> None:
    items.create(bolt(quantity=0), token=None)

    def increment(_n: int) -> int:
        conflicts = 0
        while True:
            found = items.get("bolt")
            fields = {**found.fields, "quantity": found.fields["quantity"] + 1}
            try:
                items.replace("bolt", fields, expected=found.version)
                return conflicts
            except VersionConflict:
                conflicts += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(24)))
    found = items.get("bolt")
    assert (found.fields["quantity"], found.version) == (24, 25)


def test_a_write_whose_answer_was_lost_counts_as_ours(store: DynamoTable) -> None:
    entity = Entity(id="x", fields={"name": "a"}, version=1, created_at="c", updated_at="c")
    assert store.insert(entity) is None
    repeated = store.insert(entity)
    assert repeated is not None
    assert repeated.write_id == entity.write_id
    update = replace(entity, fields={"name": "b"}, version=2, write_id="mine")
    first, again = (store.replace(update, expected=1) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first.write_id == again.write_id == "mine"


def test_what_is_not_there_cannot_be_changed(items: Entities) -> None:
    for action in (
        lambda: items.get("none"),
        lambda: items.replace("none", {"name": "x"}, expected=1),
        lambda: items.delete("none", expected=1),
    ):
        with pytest.raises(NotFound):
            action()
    items.create(bolt(), token=None)
    with pytest.raises(VersionConflict):
        items.delete("bolt", expected=2)
    items.delete("bolt", expected=1)
    with pytest.raises(NotFound):
        items.get("bolt")


def test_pages_hold_every_entity_once(items: Entities) -> None:
    for n in range(11):
        items.create(bolt(id=f"i{n}"), token=None)
    seen: list[str] = []
    cursor = None
    while True:
        page = items.page(limit=4, cursor=cursor)
        seen += [each["id"] for each in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(f"i{n}" for n in range(11))
