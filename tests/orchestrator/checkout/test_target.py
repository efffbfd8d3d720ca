from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.stacks import Environment
from orchestrator.checkout.target import Target
from orchestrator.errors import UnknownEnvironment, UnknownLayer, UnknownRegion
from tests.orchestrator.conftest import SOURCES, write_stack_file

WEST = "us-west-2"


@pytest.fixture
def two_regions(checkout: Path) -> Path:
    for layer in SOURCES:
        write_stack_file(checkout, layer, f"dev-{WEST}", f"aws:region: {WEST}")
    return checkout


def labels(target: Target) -> list[str]:
    return [stack.label for stack in target.stacks]


def test_nothing_named_is_all_of_local_by_the_deployer_that_suits(checkout: Path) -> None:
    target = Target.parse(checkout)
    assert target == Target(root=checkout, environment=Environment.LOCAL, deployer="auto")
    assert labels(target) == [f"{layer} (local)" for layer in ("network", "data", "compute", "api")]
    assert target.options == ""


def test_what_is_typed_is_what_it_is_about(two_regions: Path) -> None:
    target = Target.parse(two_regions, env="dev", layer="data", region=WEST, deployer="cli")
    assert labels(target) == [f"data (dev-{WEST})"]
    assert target.options == f" --env dev --deployer cli --region {WEST}"
    assert len(target.everything) == 2 * len(SOURCES)


def test_an_unknown_environment_is_refused_before_any_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnknownEnvironment, match="local, dev"):
        Target.parse(tmp_path / "nowhere", env="moon")


def test_an_unknown_layer_or_region_is_refused(two_regions: Path) -> None:
    with pytest.raises(UnknownLayer, match="dta"):
        _ = Target.parse(two_regions, layer="dta").stacks
    with pytest.raises(UnknownRegion, match="eu-west-1"):
        _ = Target.parse(two_regions, env="dev", region="eu-west-1").stacks


def test_one_stack_is_at_home_unless_a_region_was_asked_for(two_regions: Path) -> None:
    both = Target.parse(two_regions, env="dev", layer="data")
    assert labels(both) == ["data (dev)", f"data (dev-{WEST})"]
    assert both.stack.label == "data (dev)"
    assert both.only("api").stack.label == "api (dev)"
    there = Target.parse(two_regions, env="dev", layer="data", region=WEST)
    assert there.stack.label == f"data (dev-{WEST})"
    assert there.only("api").stack.label == f"api (dev-{WEST})"


def test_the_checkout_is_read_once(checkout: Path) -> None:
    target = Target.parse(checkout)
    before = labels(target)
    (checkout / "stacks" / "api" / "Pulumi.yaml").unlink()
    assert labels(target) == before
