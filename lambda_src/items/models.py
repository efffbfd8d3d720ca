"""What an item is."""

from __future__ import annotations

from common.entities import Kind

from items.logic import canonical

KIND = Kind(
    name="items",
    schema="Item",
    fields=("name", "description", "price", "quantity"),
    checked=canonical,
)
