from __future__ import annotations

import pytest

from shared import stack
from shared.errors import ConfigError, RegionError
from shared.stack_name import StackName
from tests.shared.program import in_stack


def test_a_name_of_another_form_is_refused_with_the_command_that_mends_it() -> None:
    with pytest.raises(ConfigError, match="'QA' .*: pulumi stack select dev$"):
        in_stack(stack.current, stack="QA")


def test_the_region_of_the_stack_file_must_be_the_one_of_the_name() -> None:
    assert in_stack(stack.current, stack="dev") == StackName("dev", "us-east-1")
    with pytest.raises(
        RegionError,
        match="config.set data aws:region --value us-west-2 --env dev --region us-west-2$",
    ):
        in_stack(stack.current, stack="dev-us-west-2")


def test_a_stack_file_without_a_region_is_told_which() -> None:
    with pytest.raises(
        ConfigError, match="config.set data aws:region --value us-east-1 --env dev$"
    ):
        in_stack(stack.current, config={"aws:region": ""})
