"""Which stack a program runs for."""

from __future__ import annotations

import pulumi

from shared.errors import ConfigError, RegionError
from shared.stack_name import StackName


def current() -> StackName:
    """The stack that this program runs for, its `aws:region` checked against its name."""
    stack = _named(pulumi.get_stack())
    region = pulumi.Config("aws").get("region")
    if not region:
        raise ConfigError(
            f"Stack {stack} has no aws:region (expected {stack.region}); "
            f"set it in the stack file, or with: pulumi config set aws:region {stack.region}"
        )
    if region != stack.region:
        raise RegionError(
            f"Stack {stack} belongs in {stack.region}, but its aws:region is {region!r}; "
            f"correct it in the stack file, or with: pulumi config set aws:region {stack.region}"
        )
    return stack


def _named(name: str) -> StackName:
    try:
        return StackName.parse(name)
    except ValueError as error:
        raise ConfigError(f"{error}; choose one: pulumi stack select dev") from None
