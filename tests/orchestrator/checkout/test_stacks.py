from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.layers import discover
from orchestrator.checkout.stacks import Environment, Stack, stack_of, stacks_of
from orchestrator.errors import UnknownEnvironment, UsageError
from shared.stack_name import HOME_REGION


@pytest.fixture
def stack(checkout: Path) -> Stack:
    return stack_of(discover(checkout)["data"], Environment.DEV)


def test_a_stack_is_named_by_its_environment(stack: Stack) -> None:
    assert (stack.name, stack.label, stack.file.name) == ("dev", "data (dev)", "Pulumi.dev.yaml")


def test_an_unknown_environment_lists_the_known(checkout: Path) -> None:
    with pytest.raises(UnknownEnvironment, match=r"'qa'.*local, dev, staging, prod"):
        Environment.parse("qa", root=checkout)


def test_a_further_region_is_part_of_the_name(stack: Stack) -> None:
    further = Stack(stack.layer, stack.environment, "us-west-2")
    assert further.label == "data (dev-us-west-2)"
    assert further.file.name == "Pulumi.dev-us-west-2.yaml"
    assert further.options == " --env dev --region us-west-2"
    assert (stack.options, stack.region) == (" --env dev", HOME_REGION)


def test_there_is_a_stack_for_each_region_that_has_a_file(stack: Stack) -> None:
    for name in ("dev", "dev-us-west-2", "dev-eu-west-1", "staging-us-west-2"):
        (stack.layer.folder / f"Pulumi.{name}.yaml").write_text("config: {}\n")
    names = [each.name for each in stacks_of(stack.layer, Environment.DEV)]
    assert names == ["dev", "dev-eu-west-1", "dev-us-west-2"]
    assert [each.name for each in stacks_of(stack.layer, Environment.LOCAL)] == ["local"]


@pytest.mark.parametrize("name", ["dev-west", "dev-us-west-2.old", "dev-us-east-1"])
def test_a_stack_file_of_no_further_region_is_named(stack: Stack, name: str) -> None:
    (stack.layer.folder / f"Pulumi.{name}.yaml").write_text("config: {}\n")
    with pytest.raises(UsageError, match=rf"^data/Pulumi\.{name}\.yaml is in the way"):
        stacks_of(stack.layer, Environment.DEV)


def test_a_config_value_comes_from_the_stack_file(stack: Stack) -> None:
    assert stack.config_value("allowed_regions", ("here",)) == ("here",)
    assert stack.regions_read == frozenset()
    stack.file.write_text(
        "config:\n  data:allowed_regions: [us-west-2]\n  data:replica_regions: '[\"us-west-2\"]'\n"
    )
    assert stack.config_value("allowed_regions", ()) == ["us-west-2"]
    assert stack.regions_read == {"us-west-2"}


@pytest.mark.parametrize(
    "content", ["config: [", "config: text", "- a list", "", "config:", "\x00"]
)
def test_a_stack_file_that_makes_no_sense_has_no_config(stack: Stack, content: str) -> None:
    stack.file.write_text(content)
    assert stack.config_value("allowed_regions", ("here",)) == ("here",)
