"""What is special about items."""

from __future__ import annotations

from common.amounts import exact_amount
from common.entities import Fields


def canonical(fields: Fields) -> Fields:
    """A price in its shortest form, to the last digit; InvalidBody for one too fine to store."""
    if "price" not in fields:
        return fields
    return {**fields, "price": exact_amount("price", fields["price"])}
