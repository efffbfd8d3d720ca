"""kill -9 at 17 random moments of deploying and destroying two layers: all is as it should be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.checkout import Checkout, fresh
from tests.e2e.account import leftover
from tests.e2e.kill import DESTROY, Arena, dice_of, kill, roles_of
from tests.patience import PATIENCE

KEPT = ("network-security", "data")
"""Enough to be in each other's way, and quick."""


@pytest.fixture(scope="module")
def arena(checkout: Checkout) -> Arena:
    checkout.reduce(*KEPT)
    return Arena.of(checkout)


@pytest.mark.parametrize("round_", range(7))
def test_two_layers_survive_kill_9(arena: Arena, round_: int, tmp_path: Path) -> None:
    arena.survive(round_, tmp_path)


def test_kills_while_the_emulator_starts(tmp_path: Path) -> None:
    """The one moment that the rounds seldom meet: no server yet, its files half made."""
    with fresh(tmp_path) as checkout:
        checkout.reduce(*KEPT)
        dice = dice_of(0)
        for _ in range(3):
            run = checkout.start("up", "network-security", output=tmp_path / "log")
            time.sleep(dice.uniform(0.3, 1.3))
            working = roles_of(checkout, run.pid).values()
            assert any([kill(process) for processes in working for process in processes])
            run.wait(PATIENCE)
        checkout.invoke("up", "network-security")
        checkout.invoke(*DESTROY)
        assert leftover(checkout) == []
