"""kill -9 at 4 random moments of deploying, smoke-testing and destroying the whole system."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkout import Checkout
from tests.e2e.kill import Arena


@pytest.fixture(scope="module")
def arena(checkout: Checkout) -> Arena:
    return Arena.of(checkout)


@pytest.mark.parametrize("round_", range(7, 9))
def test_all_layers_survive_kill_9(arena: Arena, round_: int, tmp_path: Path) -> None:
    arena.survive(round_, tmp_path)
