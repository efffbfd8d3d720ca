from __future__ import annotations

import pytest

from shared import stack
from shared.errors import ConfigError, RegionError
from shared.stack import StackName
from tests.shared.program import in_stack


@pytest.mark.parametrize(
    ("name", "environment", "region"),
    [
        ("local", "local", "us-east-1"),
        ("dev", "dev", "us-east-1"),
        ("dev-us-west-2", "dev", "us-west-2"),
        ("prod-ap-southeast-1", "prod", "ap-southeast-1"),
        ("prod-us-gov-west-1", "prod", "us-gov-west-1"),
    ],
)
def test_a_name_says_environment_and_region(name: str, environment: str, region: str) -> None:
    parsed = StackName.parse(name)
    assert (parsed.environment, parsed.region) == (environment, region)
    assert str(parsed) == name


@pytest.mark.parametrize(
    "name", ["qa", "dev-", "dev_us-west-2", "DEV", "devus-west-2", "dev-west", ""]
)
def test_any_other_name_is_refused_with_the_environments(name: str) -> None:
    with pytest.raises(ConfigError, match="local, dev, staging, prod"):
        StackName.parse(name)


def test_the_region_of_the_stack_file_must_be_the_one_of_the_name() -> None:
    assert in_stack(stack.current, stack="dev") == StackName("dev", "us-east-1")
    with pytest.raises(RegionError, match="pulumi config set aws:region us-west-2$"):
        in_stack(stack.current, stack="dev-us-west-2")


def test_a_stack_file_without_a_region_is_told_which() -> None:
    with pytest.raises(ConfigError, match="pulumi config set aws:region us-east-1$"):
        in_stack(stack.current, config={"aws:region": ""})
