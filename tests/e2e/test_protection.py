"""prevent_destroy: what holds data cannot be destroyed, and the refusal says how to lift that."""

from __future__ import annotations

import pytest

from tests.checkout import Checkout
from tests.e2e.account import inventory, leftover

LAYERS = ("network-security", "data")


@pytest.fixture(scope="module")
def protected(checkout: Checkout) -> Checkout:
    """Both layers that hold data, deployed and protected."""
    checkout.reduce(*LAYERS)
    _protect(checkout, True)
    checkout.invoke("deploy-all")
    return checkout


def _protect(checkout: Checkout, wanted: bool) -> None:
    for layer in LAYERS:
        checkout.configure(layer, {f"{layer}:prevent_destroy": wanted})


@pytest.mark.parametrize("command", [("destroy", "data"), ("destroy-all",)])
def test_destruction_is_refused_in_a_sentence_before_anything_goes(
    protected: Checkout, command: tuple[str, ...]
) -> None:
    before = inventory(protected)
    refused = protected.invoke(*command, "--yes", code=1)
    sentence = refused.stderr.strip()
    assert "\n" not in sentence
    assert "data:prevent_destroy in stacks/data/Pulumi.local.yaml" in sentence
    assert "./invoke up data" in sentence
    assert sentence.endswith(f"./invoke {' '.join(command)}")
    assert inventory(protected) == before


def test_the_setting_alone_lifts_nothing_before_it_is_deployed(protected: Checkout) -> None:
    _protect(protected, False)
    before = inventory(protected)
    refused = protected.invoke("destroy-all", "--yes", code=1)
    assert "or did at the last deployment" in refused.stderr
    assert "./invoke up data" in refused.stderr
    assert inventory(protected) == before


def test_once_that_is_deployed_all_can_be_destroyed(protected: Checkout) -> None:
    protected.invoke("deploy-all")
    protected.invoke("destroy-all", "--yes")
    assert leftover(protected) == []
