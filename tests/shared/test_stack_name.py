from __future__ import annotations

import pytest

from shared.stack_name import StackName


@pytest.mark.parametrize(
    ("name", "environment", "region"),
    [
        ("local", "local", "us-east-1"),
        ("dev", "dev", "us-east-1"),
        ("dev-us-west-2", "dev", "us-west-2"),
        ("feature7-us-west-2", "feature7", "us-west-2"),
        ("prod-ap-southeast-1", "prod", "ap-southeast-1"),
        ("prod-us-gov-west-1", "prod", "us-gov-west-1"),
    ],
)
def test_a_name_says_environment_and_region(name: str, environment: str, region: str) -> None:
    parsed = StackName.parse(name)
    assert (parsed.environment, parsed.region) == (environment, region)
    assert str(parsed) == name


@pytest.mark.parametrize(
    "name", ["7up", "dev-", "dev_us-west-2", "DEV", "devus-west-2", "dev-west", "dev\n", ""]
)
def test_any_other_name_is_refused_with_one_that_is(name: str) -> None:
    with pytest.raises(ValueError, match="such as dev or dev-us-west-2"):
        StackName.parse(name)
