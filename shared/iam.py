"""Policy documents, typed: each statement names its actions and its exact resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pulumi

ANY: Final = "*"

NETWORK_INTERFACES: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does by a function's role to put the function into a VPC (Lambda developer guide)."""

Values = pulumi.Input[str] | Sequence[pulumi.Input[str]]
Conditions = Mapping[str, Mapping[str, Values]]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy document.

    `resources` may be the wildcard only with a `reason`: IAM offers nothing narrower, or the
    document is attached to the one resource that it can be about (a key policy).
    """

    sid: str
    actions: Sequence[str] = ()
    not_actions: Sequence[str] = ()
    resources: Values | None = None
    principals: Mapping[str, Values] | Literal["*"] | None = None
    conditions: Conditions = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"
    reason: str = ""

    def __post_init__(self) -> None:
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError(f"Statement {self.sid} needs either actions or not_actions.")
        if self.effect == "Allow" and self._wildcards() and not self.reason:
            raise ValueError(f"Statement {self.sid} allows * and gives no reason for it.")

    def _wildcards(self) -> bool:
        resources = [self.resources] if isinstance(self.resources, str) else self.resources
        plain = resources if isinstance(resources, Sequence) else []
        return any(item == ANY for item in (*plain, *self.actions))

    def document(self) -> dict[str, Any]:
        """The statement in IAM's own JSON form; absent parts are left out."""
        parts: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": self.principals,
            "Action": list(self.actions),
            "NotAction": list(self.not_actions),
            "Resource": self.resources,
            "Condition": dict(self.conditions),
        }
        return {key: value for key, value in parts.items() if not _absent(value)}


def policy(*statements: Statement) -> pulumi.Output[str]:
    """The JSON text of a policy document made of these statements."""
    return pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [item.document() for item in statements]}
    )


def trust(service: str, *, conditions: Conditions | None = None) -> pulumi.Output[str]:
    """The trust policy of a role that one AWS service may take on: `trust("lambda")`."""
    return policy(
        Statement(
            sid="Trust",
            actions=["sts:AssumeRole"],
            principals={"Service": f"{service}.amazonaws.com"},
            conditions=conditions or {},
        )
    )


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, list | dict) and not value)
