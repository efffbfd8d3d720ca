"""aws:ec2/securityGroup: a firewall around network interfaces."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, present
from localcloud.provider.services.ec2.ec2_resource import Ec2Resource
from localcloud.provider.services.ec2.permissions import (
    flat,
    from_permissions,
    to_permissions,
)

_DESCRIPTION = "Managed by Pulumi"  # what Pulumi's AWS provider says when the program does not


class SecurityGroup(Ec2Resource):
    """A security group; without `ingress` or `egress` their rules are other resources."""

    token = "aws:ec2/securityGroup:SecurityGroup"
    kind = "security-group"
    describe, listed, id_field = "describe_security_groups", "SecurityGroups", "GroupId"
    name = AutoName(max=255)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        "description": Prop(default=_DESCRIPTION, replaces=True),
        "vpcId": Prop(replaces=True, computed=True),
        "ingress": Prop(unordered=True, computed=True, normalize=flat),
        "egress": Prop(unordered=True, computed=True, normalize=flat),
        "revokeRulesOnDelete": Prop(provider_only=True, default=False),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the group."""
        answer = aws.client("ec2").create_security_group(
            GroupName=inputs["name"],
            Description=inputs.get("description") or _DESCRIPTION,
            **present(VpcId=inputs.get("vpcId")),
            **self.tagged(inputs),
        )
        return str(answer["GroupId"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Take away the permission to call everywhere, which AWS gives; add the program's."""
        group = self.described(aws, id) or {}
        for direction, field in _DIRECTIONS.items():
            there = from_permissions(group.get(field) or [], id)
            _change(aws, id, direction, there, inputs.get(direction) or [])

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Describe the group with its rules."""
        id = found["GroupId"]
        return {
            "arn": aws.arn("ec2", f"security-group/{id}"),
            "description": found["Description"],
            "name": found["GroupName"],
            "ownerId": found.get("OwnerId"),
            "vpcId": found.get("VpcId"),
            **{d: from_permissions(found.get(f) or [], id) for d, f in _DIRECTIONS.items()},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Revoke the rules that are gone and authorize the new ones."""
        for direction in sorted(changed & _DIRECTIONS.keys()):
            _change(aws, id, direction, old.get(direction) or [], new.get(direction) or [])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the group."""
        if known.get("revokeRulesOnDelete"):
            group = self.described(aws, id) or {}
            for direction, field in _DIRECTIONS.items():
                _change(aws, id, direction, from_permissions(group.get(field) or [], id), [])
        aws.client("ec2").delete_security_group(GroupId=id)


_DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def _change(aws: Aws, id: str, direction: str, old: list[Props], new: list[Props]) -> None:
    before, after = flat(old), flat(new)
    client = aws.client("ec2")
    gone = [rule for rule in before if rule not in after]
    added = [rule for rule in after if rule not in before]
    if gone:
        call = getattr(client, f"revoke_security_group_{direction}")
        call(GroupId=id, IpPermissions=to_permissions(gone, id))
    if added:
        call = getattr(client, f"authorize_security_group_{direction}")
        call(GroupId=id, IpPermissions=to_permissions(added, id))
