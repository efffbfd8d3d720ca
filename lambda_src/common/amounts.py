"""Amounts of money that DynamoDB keeps to the last digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from common import payload
from common.errors import InvalidBody

MAX_DECIMALS: Final = 18
"""Decimal places: with at most 13 digits before the point they fit DynamoDB's 38."""


def exact_amount(name: str, number: int | Decimal) -> Decimal:
    """The shortest form of a number; InvalidBody names it when it has too many decimals."""
    text = payload.number_text(Decimal(number))
    if len(text.partition(".")[2]) > MAX_DECIMALS:
        raise InvalidBody(f"{name} has more than {MAX_DECIMALS} decimal places.")
    return Decimal(text)
