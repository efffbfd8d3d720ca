from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.layers import Layer, Layers, discover
from orchestrator.checkout.selection import every_layer, named_layers, select
from orchestrator.checkout.stacks import Environment
from orchestrator.errors import StillRead
from orchestrator.live.deployed_stack import DeployedStack
from orchestrator.live.model import Live
from orchestrator.preflight.live_readers import refuse_if_read
from tests.orchestrator.fake_deployer import FakeDeployer

CHAIN = Layers(
    [
        Layer("data", Path("data"), frozenset()),
        Layer("compute", Path("compute"), frozenset({"data"})),
        Layer("observability", Path("observability"), frozenset({"data", "compute"})),
    ]
)


def reading(*reads: str, name: str = "search") -> DeployedStack:
    """A stack without a folder here that reads these layers."""
    contract = {"layer": name, "version": 1, "reads": {layer: ["table_names"] for layer in reads}}
    return DeployedStack(name, "dev", resources=2, outputs={"contract": contract}, owner="finders")


def live(layers: Layers, environment: Environment, deployer: FakeDeployer) -> Live:
    everything = every_layer(layers, environment)
    return Live.of(deployer.live(everything.stacks), environment, everything)


def test_what_must_be_destroyed_first_can_be_destroyed_at_once() -> None:
    stacks = named_layers(CHAIN, Environment.DEV, ["data"]).stacks
    found = live(CHAIN, Environment.DEV, FakeDeployer("data", "compute", "observability"))
    with pytest.raises(StillRead) as error:
        refuse_if_read(stacks, found)
    assert "./invoke destroy observability --env dev" in str(error.value)
    assert "./invoke destroy-all --env dev" in str(error.value)


def test_a_live_reader_is_named_that_the_source_hides() -> None:
    blind = Layers([Layer("data", Path("d"), frozenset()), Layer("api", Path("a"), frozenset())])
    published = {"api": {"contract": {"reads": {"data": ["bucket_names"]}}}}
    found = live(blind, Environment.DEV, FakeDeployer("data", "api", outputs=published))
    with pytest.raises(StillRead) as error:
        refuse_if_read(named_layers(blind, Environment.DEV, ["data"]).stacks, found)
    assert str(error.value) == (
        "Layer api (api-team) is deployed and reads data (bucket_names) (the source here does not "
        "show it, the live stack does). Destroy first: ./invoke destroy api --env dev (or all: "
        "./invoke destroy-all --env dev)"
    )
    refuse_if_read(every_layer(blind, Environment.DEV).stacks, found)


def test_a_live_reader_without_a_folder_here_holds_even_destroy_all() -> None:
    deployer = FakeDeployer("data", "compute", "observability")
    deployer.without_folder.append(reading("data"))
    with pytest.raises(StillRead) as error:
        refuse_if_read(
            every_layer(CHAIN, Environment.DEV).stacks, live(CHAIN, Environment.DEV, deployer)
        )
    assert str(error.value) == (
        "search (dev) (finders) is deployed and reads data (table_names), so nothing was "
        "destroyed; no folder of this checkout makes it. Check out what has stacks/search, there: "
        "./invoke destroy search --env dev"
    )


def test_stacks_of_other_environments_and_other_names_do_not_count() -> None:
    deployer = FakeDeployer("data")
    for other in ("prod", "playground"):
        found = reading("data")
        deployer.without_folder.append(
            DeployedStack(found.project, other, resources=2, outputs=found.outputs)
        )
    empty = reading("data")
    deployer.without_folder.append(DeployedStack("search", "dev", outputs=empty.outputs))
    refuse_if_read(
        every_layer(CHAIN, Environment.DEV).stacks, live(CHAIN, Environment.DEV, deployer)
    )


def test_a_region_is_not_destroyed_while_the_home_region_keeps_a_copy_there(copied: Path) -> None:
    layers = discover(copied)
    stacks = select(layers, Environment.LOCAL, "", "us-west-2").stacks
    standing = ("network (local)", "data (local)", "compute (local)", "network (local-us-west-2)")
    with pytest.raises(StillRead) as error:
        refuse_if_read(stacks, live(layers, Environment.LOCAL, FakeDeployer(*standing)))
    assert "data (local) keeps copies in us-west-2" in str(error.value)
    assert "take us-west-2 out of data:replica_regions (stacks/data/Pulumi.local.yaml)" in str(
        error.value
    )
    assert str(error.value).endswith("then: ./invoke up data")
    without = FakeDeployer("network (local)", "network (local-us-west-2)")
    refuse_if_read(stacks, live(layers, Environment.LOCAL, without))


def test_all_regions_are_destroyed_at_once(copied: Path) -> None:
    layers = discover(copied)
    stacks = select(layers, Environment.LOCAL, "", "").stacks
    found = live(layers, Environment.LOCAL, FakeDeployer(*(layer.name for layer in layers)))
    refuse_if_read(stacks, found)
