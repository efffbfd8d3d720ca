"""One deployment for all tests of this folder: a checkout and a local cloud of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tests.checkout import Checkout, fresh
from tests.e2e.live.system import System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with fresh(tmp_path_factory.mktemp("live")) as checkout:
        checkout.invoke("deploy-all")
        made = System(checkout)
        yield made
        made.close()


@pytest.fixture(scope="package", params=["rest", "http"])
def edge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """The deployment with each of the edges in turn; that of the other one is its own."""
    if request.param == "rest":
        yield request.getfixturevalue("system")
        return
    with fresh(tmp_path_factory.mktemp("edge")) as checkout:
        tell(checkout, "api", "edge", request.param)
        checkout.invoke("deploy-all")
        made = System(checkout)
        yield made
        made.close()


def tell(checkout: Checkout, layer: str, setting: str, value: object) -> None:
    """Put a setting into the layer's stack file, before it is first read."""
    file = checkout.root / "stacks" / layer / "Pulumi.local.yaml"
    file.write_text(yaml.safe_dump({"config": {f"{layer}:{setting}": value}}))
