"""What a stack's name says: the environment, and the region where it is not the home region."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi

from shared.errors import ConfigError, RegionError

ENVIRONMENTS = ("local", "dev", "staging", "prod")
HOME_REGION = "us-east-1"
"""The region of every stack whose name carries none."""

_NAME = re.compile(
    rf"(?P<environment>{'|'.join(ENVIRONMENTS)})(-(?P<region>[a-z]{{2}}(-[a-z]+)+-\d))?"
)


@dataclass(frozen=True)
class StackName:
    """`dev` or `dev-us-west-2`, taken apart."""

    environment: str
    region: str

    @classmethod
    def parse(cls, name: str) -> StackName:
        """Environment and region of a stack name; ConfigError for any other form."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ConfigError(
                f"Stack {name!r} is not named <environment> or <environment>-<region>, with "
                f"{', '.join(ENVIRONMENTS)} as environment; choose one: pulumi stack select dev"
            )
        return cls(match["environment"], match["region"] or HOME_REGION)

    def __str__(self) -> str:
        return (
            self.environment if self.region == HOME_REGION else f"{self.environment}-{self.region}"
        )


def current() -> StackName:
    """The stack that this program runs for, its `aws:region` checked against its name."""
    stack = StackName.parse(pulumi.get_stack())
    region = pulumi.Config("aws").get("region")
    if not region:
        raise ConfigError(
            f"Stack {stack} has no aws:region (expected {stack.region}); "
            f"set it with: pulumi config set aws:region {stack.region}"
        )
    if region != stack.region:
        raise RegionError(
            f"Stack {stack} belongs in {stack.region}, but its aws:region is {region!r}; "
            f"correct it with: pulumi config set aws:region {stack.region}"
        )
    return stack
