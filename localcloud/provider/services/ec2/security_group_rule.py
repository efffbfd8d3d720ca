"""aws:vpc/securityGroup{In,E}gressRule: one rule of a security group, with an id of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from localcloud.provider.base.resource import Aws, Prop, Props, present
from localcloud.provider.services.ec2.ec2_resource import Ec2Resource

_PEERS = {
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupId",
}
_FIELDS = {
    **_PEERS,
    "description": "Description",
    "fromPort": "FromPort",
    "ipProtocol": "IpProtocol",
    "toPort": "ToPort",
}
_NUMBERED = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_ANY_PORT = -1  # what EC2 says where ports have no meaning


def _protocol(name: Any) -> str:
    return _NUMBERED.get(str(name).lower(), str(name).lower())


class SecurityGroupRule(Ec2Resource):
    """What both directions share."""

    kind = "security-group-rule"
    describe, listed = "describe_security_group_rules", "SecurityGroupRules"
    id_field = "SecurityGroupRuleId"
    direction: ClassVar[str]
    props = {
        "securityGroupId": Prop(required=True, replaces=True),
        "ipProtocol": Prop(required=True, normalize=_protocol),
        "fromPort": Prop(default=_ANY_PORT),
        "toPort": Prop(default=_ANY_PORT),
        "description": Prop(),
        "cidrIpv4": Prop(),
        "cidrIpv6": Prop(),
        "prefixListId": Prop(replaces=True),
        "referencedSecurityGroupId": Prop(replaces=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A rule is about one peer."""
        if sum(name in inputs for name in _PEERS) != 1:
            yield "cidrIpv4", f"give exactly one of {', '.join(_PEERS)}"

    def must_replace(self, name: str, old: Props, new: Props) -> bool:
        """A rule keeps its kind of peer: EC2 changes a range, not a range into a group."""
        if name in _PEERS and (name in old) != (name in new):
            return True
        return super().must_replace(name, old, new)

    def create(self, aws: Aws, inputs: Props) -> str:
        """Authorize it."""
        call = getattr(aws.client("ec2"), f"authorize_security_group_{self.direction}")
        answer = call(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_permission(inputs)],
            **self.tagged(inputs),
        )
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Describe the rule."""
        actual = {ours: found.get(theirs) for ours, theirs in _FIELDS.items()}
        actual["referencedSecurityGroupId"] = (found.get("ReferencedGroupInfo") or {}).get(
            "GroupId"
        )
        if aws.emulated and not any(actual[name] for name in _PEERS):
            actual["prefixListId"] = known.get("prefixListId")  # it keeps no prefix lists
        return {
            **actual,
            "arn": found.get("SecurityGroupRuleArn"),
            "securityGroupId": found["GroupId"],
            "securityGroupRuleId": found["SecurityGroupRuleId"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole rule again."""
        rule = present(**{theirs: new.get(ours) for ours, theirs in _FIELDS.items()})
        rule["IpProtocol"] = _protocol(new["ipProtocol"])
        rule["Description"] = new.get("description") or ""  # left out, the old one would stay
        aws.client("ec2").modify_security_group_rules(
            GroupId=new["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": id, "SecurityGroupRule": rule}],
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Revoke it."""
        call = getattr(aws.client("ec2"), f"revoke_security_group_{self.direction}")
        call(GroupId=known["securityGroupId"], SecurityGroupRuleIds=[id])


class SecurityGroupIngressRule(SecurityGroupRule):
    """Who may call in."""

    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    direction = "ingress"


class SecurityGroupEgressRule(SecurityGroupRule):
    """Whom one may call."""

    token = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    direction = "egress"


def _permission(inputs: Props) -> Props:
    described = present(Description=inputs.get("description"))
    lists = {
        "IpRanges": ("CidrIp", "cidrIpv4"),
        "Ipv6Ranges": ("CidrIpv6", "cidrIpv6"),
        "PrefixListIds": ("PrefixListId", "prefixListId"),
        "UserIdGroupPairs": ("GroupId", "referencedSecurityGroupId"),
    }
    peers = {
        field: [{name: inputs[ours], **described}]
        for field, (name, ours) in lists.items()
        if inputs.get(ours)
    }
    ports = present(FromPort=inputs.get("fromPort"), ToPort=inputs.get("toPort"))
    return {"IpProtocol": _protocol(inputs["ipProtocol"]), **ports, **peers}
