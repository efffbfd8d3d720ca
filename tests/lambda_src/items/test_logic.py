"""What is special about items."""

from __future__ import annotations

from decimal import Decimal

import pytest
from common.errors import InvalidBody
from items.logic import canonical


def test_a_price_has_one_form() -> None:
    assert str(canonical({"name": "Bolt", "price": Decimal("0.10")})["price"]) == "0.1"
    assert canonical({"name": "Bolt"}) == {"name": "Bolt"}


def test_a_price_too_fine_to_store_is_refused() -> None:
    with pytest.raises(InvalidBody, match="price"):
        canonical({"name": "Bolt", "price": Decimal("1E-19")})
