"""A small checkout: four layers with sources that read each other's contracts; and a live one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings.models import MODELS
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer, install
from tests.orchestrator.live_functions import LiveFunctions, deployed

CONTRACTS = """
from typing import ClassVar

class Network:
    layer: ClassVar[str] = "network"

class Data:
    layer: ClassVar[str] = "data"

class Compute:
    layer: ClassVar[str] = "compute"

class Api:
    layer: ClassVar[str] = "api"
"""
SOURCES = {
    "network": "Network().publish()",
    "data": "from shared import contracts\nnetwork = contracts.Network.read()",
    "compute": "from shared.contracts import Data, Network\nData.read()\nNetwork.read()",
    "api": "from shared.contracts import Compute\nCompute.read()",
}


def add_layer(root: Path, name: str, source: str) -> Path:
    """A project with one program."""
    folder = root / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\ndescription: {name}\n")
    (folder / "__main__.py").write_text(source)
    return folder


def write_stack_file(root: Path, layer: str, stack: str, *config: str) -> Path:
    """A stack file with this config."""
    file = root / "stacks" / layer / f"Pulumi.{stack}.yaml"
    file.write_text("".join(["config:\n", *(f"  {line}\n" for line in config)]))
    return file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with all five layers, whose programs do nothing, and no stack file yet."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "contracts.py").write_text("")
    for model in MODELS.values():
        add_layer(tmp_path, model.layer, "")
    return tmp_path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "contracts.py").write_text(CONTRACTS)
    for name, source in SOURCES.items():
        add_layer(tmp_path, name, source)
    return tmp_path


@pytest.fixture
def copied(checkout: Path) -> Path:
    """Two regions, and a copy in the further one of what layer data holds at home."""
    for layer in SOURCES:
        write_stack_file(checkout, layer, "local-us-west-2", "aws:region: us-west-2")
    write_stack_file(checkout, "data", "local", "data:replica_regions: [us-west-2]")
    return checkout


@pytest.fixture(scope="session")
def live_functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveFunctions]:
    """A deployed layer compute with one function, on a local cloud of its own."""
    with deployed(tmp_path_factory.mktemp("live")) as made:
        yield made


@pytest.fixture
def live(live_functions: LiveFunctions) -> LiveFunctions:
    """The same, with nothing in the dead-letter queue."""
    live_functions.empty()
    return live_functions


@pytest.fixture
def fake() -> FakeDeployer:
    """What every cloud that is opened deploys with, if `clouds` is asked for."""
    return FakeDeployer()


@pytest.fixture
def clouds(fake: FakeDeployer, monkeypatch: pytest.MonkeyPatch) -> FakeClouds:
    """Every cloud that a verb opens is a fake one."""
    return install(monkeypatch, fake)
