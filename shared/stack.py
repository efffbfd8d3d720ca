"""Which stack a program runs for."""

from __future__ import annotations

import pulumi

from shared import commands
from shared.errors import ConfigError, RegionError
from shared.stack_name import StackName


def current() -> StackName:
    """The stack that this program runs for, its `aws:region` checked against its name."""
    stack = _named(pulumi.get_stack())
    region = pulumi.Config("aws").get("region")
    if not region:
        raise ConfigError(
            f"Stack {stack} has no aws:region (expected {stack.region}); "
            f"set it in Pulumi.{stack}.yaml, or with: {_mend(stack)}"
        )
    if region != stack.region:
        raise RegionError(
            f"Stack {stack} belongs in {stack.region}, but its aws:region is {region!r}; "
            f"correct it in Pulumi.{stack}.yaml, or with: {_mend(stack)}"
        )
    return stack


def _named(name: str) -> StackName:
    try:
        return StackName.parse(name)
    except ValueError as error:
        raise ConfigError(f"{error}; choose one: pulumi stack select dev") from None


def _mend(stack: StackName) -> str:
    return commands.set_plain(pulumi.get_project(), "aws:region", stack, stack.region)
