from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.checkout.layers import discover
from orchestrator.checkout.stacks import Environment, stacks_of
from orchestrator.checkout.target import Target
from orchestrator.errors import RegionRefused, StillDeployed, UnknownRegion, UsageError
from orchestrator.verbs import regions
from shared.tags import default_tags
from tests.orchestrator.conftest import SOURCES, add_layer, write_stack_file
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.live_functions import LiveFunctions
from tests.orchestrator.verbs.conftest import dev

WEST = "us-west-2"


def config_of(root: Path, layer: str, stack: str) -> dict[str, Any]:
    text = (root / "stacks" / layer / f"Pulumi.{stack}.yaml").read_text()
    found: dict[str, Any] = yaml.safe_load(text)["config"]
    return found


def regions_of(root: Path, environment: Environment) -> set[str]:
    layers = discover(root)
    return {stack.region for layer in layers for stack in stacks_of(layer, environment)}


def test_a_further_region_has_the_settings_of_the_home_region(checkout: Path) -> None:
    write_stack_file(
        checkout,
        "data",
        "dev",
        "aws:region: us-east-1",
        "data:prevent_destroy: true",
        "data:db_password: {secure: sealed}",
        "data:replica_regions: [us-west-2]",
    )
    regions.add(dev(checkout), WEST)
    assert config_of(checkout, "data", "dev-us-west-2") == {
        "aws:region": WEST,
        "aws:defaultTags": {
            "tags": default_tags("data", environment="dev", stack="dev-us-west-2", region=WEST)
        },
        "data:prevent_destroy": True,
    }
    assert regions_of(checkout, Environment.DEV) == {"us-east-1", WEST}
    assert regions_of(checkout, Environment.STAGING) == {"us-east-1"}


def test_own_tags_are_taken_over_but_for_the_place(checkout: Path) -> None:
    write_stack_file(
        checkout, "data", "dev", "aws:defaultTags: {tags: {Owner: us, Region: x, Cost: '7'}}"
    )
    regions.add(dev(checkout), WEST)
    tags = config_of(checkout, "data", "dev-us-west-2")["aws:defaultTags"]["tags"]
    assert (tags["Owner"], tags["Cost"], tags["Region"]) == ("us", "7", WEST)
    assert tags["EnvironmentSuffix"] == "dev-us-west-2"


def test_a_local_region_has_secrets_of_its_own(checkout: Path) -> None:
    add_layer(checkout, "network-security", "")
    regions.add(Target(root=checkout), WEST)
    home = config_of(checkout, "network-security", "local")
    west = config_of(checkout, "network-security", "local-us-west-2")
    assert set(home) == set(west)
    assert home["network-security:db_password"]["secure"]
    assert home["network-security:db_password"] != west["network-security:db_password"]


def test_a_region_that_is_there_is_left_as_it_is(checkout: Path) -> None:
    regions.add(dev(checkout), WEST)
    file = write_stack_file(
        checkout, "data", "dev-us-west-2", "aws:region: us-west-2", "data:mine: 1"
    )
    before = file.read_bytes()
    regions.add(dev(checkout), WEST)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("region", "error", "sentence"),
    [
        ("west", UsageError, "'west' is no region"),
        ("us-east-1", UsageError, "us-east-1 is the home region"),
        ("eu-west-1", RegionRefused, "eu-west-1 is not one of api:allowed_regions"),
    ],
)
def test_a_region_that_cannot_be_added_leaves_no_file(
    checkout: Path, region: str, error: type[Exception], sentence: str
) -> None:
    before = sorted(checkout.rglob("*"))
    for layer in set(SOURCES) - {"api"}:
        write_stack_file(checkout, layer, "dev", f"{layer}:allowed_regions: [us-east-1, eu-west-1]")
    before = sorted(checkout.rglob("*"))
    with pytest.raises(error, match=sentence):
        regions.add(dev(checkout), region)
    assert sorted(checkout.rglob("*")) == before


def test_only_a_destroyed_region_is_forgotten(live_functions: LiveFunctions) -> None:
    """The layer of the live checkout publishes, so its stack in the west can be deployed too."""
    root = live_functions.root
    target = Target(root=root)
    with pytest.raises(UnknownRegion):
        regions.remove(target, WEST)
    with pytest.raises(UsageError, match="home region"):
        regions.remove(target, "us-east-1")
    regions.add(target, WEST)
    try:
        code, _, words = live_functions.invoke("up", "compute", "--region", WEST)
        assert code == 0, words
        with pytest.raises(StillDeployed, match=r"\./invoke destroy-all --region us-west-2$"):
            regions.remove(target, WEST)
        assert regions_of(root, Environment.LOCAL) == {"us-east-1", WEST}
    finally:
        code, _, words = live_functions.invoke("destroy-all", "--region", WEST, "--yes")
    assert code == 0, words
    regions.remove(target, WEST)
    assert regions_of(root, Environment.LOCAL) == {"us-east-1"}


@pytest.fixture
def two_regions(checkout: Path) -> Path:
    regions.add(dev(checkout), WEST)
    return checkout


def test_a_region_is_forgotten_once_nothing_stands_there(
    two_regions: Path,
    clouds: FakeClouds,
    fake: FakeDeployer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake.standing = {"network (dev)", f"api (dev-{WEST})"}
    with pytest.raises(
        StillDeployed, match=rf"^api \(dev-{WEST}\) .*destroy-all --env dev --region {WEST}$"
    ):
        regions.remove(dev(two_regions), WEST)
    assert regions_of(two_regions, Environment.DEV) == {"us-east-1", WEST}
    fake.standing = {"network (dev)"}
    capsys.readouterr()
    regions.remove(dev(two_regions), WEST)
    assert regions_of(two_regions, Environment.DEV) == {"us-east-1"}
    assert capsys.readouterr().err.endswith("Environment dev has no region us-west-2 any more.\n")
    assert [how for _, how in clouds.opened] == [{"start": False}] * 2


def test_the_home_region_and_unknown_ones_are_not_forgotten(
    two_regions: Path, clouds: FakeClouds
) -> None:
    with pytest.raises(UsageError, match=r"^us-east-1 is the home region, which is not removed\.$"):
        regions.remove(dev(two_regions), "us-east-1")
    with pytest.raises(UnknownRegion):
        regions.remove(dev(two_regions), "eu-west-1")
    assert clouds.opened == []


def test_what_to_do_next_in_a_new_region_depends_on_where_it_is(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    regions.add(Target(root=checkout), WEST)
    assert capsys.readouterr().err == (
        f"Environment local has region {WEST}. Next: ./invoke deploy-all\n"
    )
    regions.add(dev(checkout), WEST)
    assert capsys.readouterr().err == (
        f"Environment dev has region {WEST}. Next: pulumi stack init dev-{WEST} in each layer's "
        f"folder; the secrets that ./invoke settings --env dev --region {WEST} misses, by "
        f"./invoke config.set LAYER SECRET --secret --env dev --region {WEST}; then: "
        "./invoke deploy-all --env dev\n"
    )
