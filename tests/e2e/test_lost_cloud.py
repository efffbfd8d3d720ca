"""The emulator's folder is removed under live states: told, forgotten by one command, made anew."""

from __future__ import annotations

import shutil

from tests.checkout import Checkout
from tests.e2e.account import leftover

LAYER = "network-security"


def test_a_removed_cloud_is_told_and_one_command_forgets_it(checkout: Checkout) -> None:
    checkout.reduce(LAYER)
    checkout.invoke("up", LAYER)
    before = checkout.resources(LAYER)
    checkout.stop()
    shutil.rmtree(checkout.home / "emulator")
    said = checkout.invoke("up", LAYER, code=1).stderr
    assert f"What the states of {LAYER} (local) tell of is gone" in said
    assert checkout.resources(LAYER) == before
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []
    checkout.invoke("up", LAYER)
    assert checkout.resources(LAYER).keys() == before.keys()
