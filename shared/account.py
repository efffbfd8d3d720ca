"""The AWS account and partition that a stack stands in, and ARNs within them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from shared import stack
from shared.stack_name import StackName
from shared.tags import PROJECT


@dataclass(frozen=True)
class Account:
    """Where a stack stands: what goes into every ARN, fixed name and source-account condition."""

    id: pulumi.Output[str]
    partition: pulumi.Output[str]
    stack: StackName

    @classmethod
    def current(cls) -> Account:
        """Ask AWS (or the local cloud) once who we are."""
        return cls(
            id=aws.get_caller_identity_output().account_id,
            partition=aws.get_partition_output().partition,
            stack=stack.current(),
        )

    @property
    def region(self) -> str:
        """The stack's region."""
        return self.stack.region

    @property
    def root(self) -> pulumi.Output[str]:
        """The account itself as a principal: whoever its own IAM policies let in."""
        return pulumi.Output.concat("arn:", self.partition, ":iam::", self.id, ":root")

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """ARN of something of ours in this region: `arn("logs", "log-group:/x")`."""
        return pulumi.Output.concat(
            "arn:", self.partition, f":{service}:{self.region}:", self.id, ":", resource
        )

    def path(self, name: str) -> str:
        """A fixed name in path form: /microstack/dev/app_config (docs/adr/0003)."""
        return f"/{PROJECT}/{self.stack}/{name}"

    def name(self, name: str) -> str:
        """A fixed name in flat form: microstack-dev-overview (docs/adr/0003)."""
        return f"{PROJECT}-{self.stack}-{name}"
