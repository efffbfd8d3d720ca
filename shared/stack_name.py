"""A stack's name: the environment, and the region where it is not the home region.

Without Pulumi, which takes half a second to load: the orchestrator names stacks too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LOCAL = "local"
"""The environment on a laptop; all others are on AWS."""
ENVIRONMENTS = (LOCAL, "dev", "staging", "prod")
"""What every checkout has; `./invoke env.add` adds others, by their stack files."""
ENVIRONMENT = r"[a-z][a-z0-9]*"
"""What an environment's name looks like."""
HOME_REGION = "us-east-1"
"""The region of every stack whose name carries none."""
ALLOWED_REGIONS = (HOME_REGION, "us-west-2")
"""Where stacks may stand unless a stack file says otherwise."""
REGION = r"[a-z]{2}(-[a-z]+)+-\d"
"""What a region's name looks like."""

_NAME = re.compile(rf"(?P<environment>{ENVIRONMENT})(-(?P<region>{REGION}))?")


@dataclass(frozen=True)
class StackName:
    """`dev` or `dev-us-west-2`, taken apart."""

    environment: str
    region: str = HOME_REGION

    @classmethod
    def parse(cls, name: str) -> StackName:
        """Environment and region of a stack name; ValueError for any other form."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError(
                f"Stack {name!r} is not named <environment> or <environment>-<region>, such as "
                "dev or dev-us-west-2"
            )
        return cls(match["environment"], match["region"] or HOME_REGION)

    @property
    def options(self) -> str:
        """What chooses it in a command: empty, or ` --env dev --region us-west-2`."""
        environment = "" if self.environment == LOCAL else f" --env {self.environment}"
        region = "" if self.region == HOME_REGION else f" --region {self.region}"
        return f"{environment}{region}"

    def __str__(self) -> str:
        return (
            self.environment if self.region == HOME_REGION else f"{self.environment}-{self.region}"
        )
