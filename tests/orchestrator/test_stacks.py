from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import UnknownEnvironment, UsageError
from orchestrator.layers import discover
from orchestrator.stacks import HOME_REGION, Environment, Stack, stack_of


@pytest.fixture
def stack(checkout: Path) -> Stack:
    return stack_of(discover(checkout)["data"], Environment.DEV)


def test_a_stack_is_named_by_its_environment(stack: Stack) -> None:
    assert (stack.name, stack.label, stack.file.name) == ("dev", "data (dev)", "Pulumi.dev.yaml")


def test_an_unknown_environment_lists_the_known() -> None:
    with pytest.raises(UnknownEnvironment, match=r"'qa'.*local, dev, staging, prod"):
        Environment.parse("qa")


def test_the_region_comes_from_the_stack_file(stack: Stack) -> None:
    assert stack.region == HOME_REGION
    stack.file.write_text("config:\n  aws:region: us-west-2\n")
    assert stack.region == "us-west-2"


@pytest.mark.parametrize("content", ["config: [", "config: text", "- a list"])
def test_a_stack_file_that_makes_no_sense_is_named(stack: Stack, content: str) -> None:
    stack.file.write_text(content)
    with pytest.raises(UsageError, match=r"Pulumi.dev.yaml of layer data"):
        _ = stack.region
