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
        "data:nested: {a: [{secure: sealed}]}",
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
        ("west", UsageError, "'west' is not a region"),
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


def allowed_in(root: Path, stack: str) -> dict[str, object]:
    """Layer → the regions that its stack file allows; the default is left out."""
    found = {layer: config_of(root, layer, stack) for layer in SOURCES}
    return {layer: config.get(f"{layer}:allowed_regions") for layer, config in found.items()}


def test_one_command_allows_a_region_in_every_layer(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = Target.parse(checkout, env="dev")
    mine = write_stack_file(checkout, "api", "dev", "api:allowed_regions: [us-east-1] # ours")
    with pytest.raises(RegionRefused, match=r": \./invoke region\.allow eu-west-1 --env dev$"):
        regions.add(target, "eu-west-1")
    regions.allow(target, "eu-west-1")
    words = "4 of 4 stack files were changed. Next: ./invoke region.add eu-west-1 --env dev\n"
    assert capsys.readouterr().err.endswith(words)
    default = ["us-east-1", WEST, "eu-west-1"]
    assert allowed_in(checkout, "dev") == {
        **dict.fromkeys(SOURCES, default),
        "api": ["us-east-1", "eu-west-1"],
    }
    assert mine.read_text() == ("config:\n  api:allowed_regions: [us-east-1, eu-west-1] # ours\n")
    regions.add(target, "eu-west-1")
    capsys.readouterr()
    regions.allow(target, "eu-west-1")
    words = "0 of 8 stack files were changed. Next: ./invoke deploy-all --env dev\n"
    assert capsys.readouterr().err.endswith(words)


def test_a_region_is_allowed_in_the_further_regions_too(checkout: Path) -> None:
    target = Target.parse(checkout, env="dev")
    regions.add(target, WEST)
    regions.allow(target, "eu-west-1")
    assert set(map(str, allowed_in(checkout, "dev-us-west-2").values())) == {
        str(["us-east-1", WEST, "eu-west-1"])
    }


def test_a_region_that_is_none_is_not_allowed(checkout: Path) -> None:
    before = sorted(checkout.rglob("*"))
    with pytest.raises(UsageError, match="'mars' is not a region"):
        regions.allow(Target.parse(checkout, env="dev"), "mars")
    assert sorted(checkout.rglob("*")) == before


def test_a_list_of_regions_that_is_none_is_named(checkout: Path) -> None:
    write_stack_file(checkout, "data", "dev", "data:allowed_regions: everywhere")
    with pytest.raises(
        UsageError, match=r"data:allowed_regions of data \(dev\) is not a list.*--env"
    ):
        regions.allow(Target.parse(checkout, env="dev"), "eu-west-1")


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
        f"folder; the secrets that ./invoke settings --env dev --region {WEST} shows as not set, "
        f"by ./invoke config.set LAYER SECRET --secret --env dev --region {WEST}; then: "
        "./invoke deploy-all --env dev\n"
    )
