from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.checkout.layers import Layer, Layers, discover
from orchestrator.checkout.selection import select
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Deployer
from orchestrator.errors import (
    RegionRefused,
    StillHeld,
    UnknownRegion,
    UpstreamMissing,
)
from orchestrator.preflight.refusals import (
    refuse_if_held,
    refuse_region,
    refuse_regions,
    require_upstreams,
)
from tests.orchestrator.conftest import add_layer, write_stack_file
from tests.orchestrator.fake_deployer import FakeDeployer


def test_a_missing_upstream_of_another_region_is_named_with_it(copied: Path) -> None:
    selection = select(discover(copied), Environment.LOCAL, "data", "us-east-1")
    with pytest.raises(UpstreamMissing, match=r"\./invoke up network --region us-west-2$"):
        require_upstreams(selection, FakeDeployer("network (local)"))


def test_a_region_that_is_not_allowed_is_refused_before_any_stack_runs(copied: Path) -> None:
    refuse_regions(select(discover(copied), Environment.LOCAL, "", ""))
    write_stack_file(copied, "api", "local-us-west-2", "api:allowed_regions: [us-east-1]")
    with pytest.raises(RegionRefused, match=r"^Region us-west-2 is not one of api:allowed_regions"):
        refuse_regions(select(discover(copied), Environment.LOCAL, "", ""))


def test_every_layer_that_refuses_a_region_is_named(copied: Path) -> None:
    for layer in ("network", "api"):
        write_stack_file(copied, layer, "dev", f"{layer}:allowed_regions: [us-east-1, eu-west-1]")
    stacks = select(discover(copied), Environment.DEV, "", "").stacks
    with pytest.raises(RegionRefused) as error:
        refuse_region("ap-south-1", stacks)
    lists = "network:allowed_regions (us-east-1, eu-west-1), data:allowed_regions"
    assert lists in str(error.value)
    assert str(error.value).endswith("in every layer: ./invoke region.allow ap-south-1 --env dev")


@pytest.mark.parametrize(
    ("region", "error"), [("eu-west-1", RegionRefused), ("us-west-2", UnknownRegion)]
)
def test_a_copy_where_nothing_stands_is_refused(
    checkout: Path, region: str, error: type[Exception]
) -> None:
    write_stack_file(checkout, "data", "local", f"data:replica_regions: [{region}]")
    with pytest.raises(error, match=region):
        refuse_regions(select(discover(checkout), Environment.LOCAL, "", ""))


SECURITY = "network-security"
VPC = {"subnet_ids": ["subnet-1", "subnet-2"], "vpc_cidr": "10.20.0.0/16"}
INSIDE = {"contract": {"reads": {SECURITY: ["logs_key_arn", "subnet_ids"]}}}
OUTSIDE = {"contract": {"reads": {SECURITY: ["logs_key_arn"]}}}


class Recorded:
    """A deployer that recorded these outputs, by layer, of the home region's stacks."""

    def __init__(self, **published: Mapping[str, Any]) -> None:
        self._published = published

    def outputs(self, stack: Stack) -> Mapping[str, Any]:
        key = stack.layer.name.replace("-", "_")
        return self._published.get(key, {}) if stack.at_home else {}


@pytest.fixture
def private(checkout: Path) -> Layers:
    """A layer with a VPC, as by default: without one; and a reader."""
    add_layer(checkout, SECURITY, "")
    write_stack_file(checkout, SECURITY, "dev")
    write_stack_file(checkout, SECURITY, "dev-us-west-2")
    reader = Layer("compute", checkout / "stacks" / "compute", frozenset({SECURITY}))
    return Layers([Layer(SECURITY, checkout / "stacks" / SECURITY, frozenset()), reader])


def refuse(layers: Layers, *, selection: str = "", **published: Mapping[str, Any]) -> None:
    selected = select(layers, Environment.DEV, selection, "")
    refuse_if_held(selected, cast("Deployer", Recorded(**published)), again="./invoke it")


@pytest.mark.parametrize("selection", ["", SECURITY])
@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ([], "vpc_enabled is false"),
        (["vpc_enabled: true", "vpc_cidr: 10.30.0.0/16"], "vpc_cidr is 10.30.0.0/16"),
        (["vpc_enabled: true", "vpc_zones: 1"], "vpc_zones is 1"),
    ],
)
def test_subnets_stay_while_functions_are_in_them(
    private: Layers, settings: list[str], setting: str, selection: str
) -> None:
    file = private[SECURITY].folder / "Pulumi.dev.yaml"
    file.write_text("".join(["config:\n", *(f"  {SECURITY}:{line}\n" for line in settings)]))
    with pytest.raises(StillHeld) as error:
        refuse(private, selection=selection, network_security=VPC, compute=INSIDE)
    assert str(error.value).startswith(f"{SECURITY}:{setting}, ")
    assert str(error.value).endswith(
        "Run first: ./invoke config.set compute in_vpc --value false --env dev, "
        "then: ./invoke up compute --env dev, then: ./invoke it"
    )
    refuse(private, selection=selection, network_security=VPC, compute=OUTSIDE)
    refuse(private, selection=selection, network_security=VPC)


def test_what_is_set_already_is_not_asked_for_again(private: Layers) -> None:
    write_stack_file(
        private["compute"].folder.parents[1], "compute", "dev", "compute:in_vpc: false"
    )
    with pytest.raises(StillHeld, match=r"Run first: \./invoke up compute --env dev, then: "):
        refuse(private, network_security=VPC, compute=INSIDE)


@pytest.mark.parametrize("settings", [[], ["vpc_zones: 3"]])
def test_a_vpc_that_stays_or_was_never_there_is_in_nobodys_way(
    private: Layers, settings: list[str]
) -> None:
    refuse(private, network_security={"logs_key_arn": "arn"}, compute=INSIDE)
    file = private[SECURITY].folder / "Pulumi.dev.yaml"
    lines = ["vpc_enabled: true", *settings]
    file.write_text("".join(["config:\n", *(f"  {SECURITY}:{line}\n" for line in lines)]))
    refuse(private, network_security=VPC, compute=INSIDE)
    refuse(private, selection="compute", network_security=VPC, compute=INSIDE)
