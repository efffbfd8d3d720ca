"""Amounts to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from common.amounts import exact_amount
from common.errors import InvalidBody


@pytest.mark.parametrize(
    ("given", "text"),
    [(Decimal("1.500"), "1.5"), (Decimal("1E2"), "100"), (7, "7"), (Decimal("-0"), "0")],
)
def test_an_amount_has_one_form(given: int | Decimal, text: str) -> None:
    assert str(exact_amount("price", given)) == text


def test_the_amount_that_is_too_fine_is_named() -> None:
    assert exact_amount("fee", Decimal("0.1234567890123456780")) == Decimal("0.123456789012345678")
    with pytest.raises(InvalidBody, match="fee"):
        exact_amount("fee", Decimal("0.1234567890123456781"))
