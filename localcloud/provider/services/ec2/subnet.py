"""aws:ec2/subnet: a part of a network in one zone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, present
from localcloud.provider.services.ec2.ec2_resource import Ec2Resource

_SWITCHES = {
    "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
    "enableResourceNameDnsAaaaRecordOnLaunch": "EnableResourceNameDnsAAAARecordOnLaunch",
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
}
_HOSTNAMES = "privateDnsHostnameTypeOnLaunch"


class Subnet(Ec2Resource):
    """A range of addresses in one availability zone."""

    token = "aws:ec2/subnet:Subnet"
    kind = "subnet"
    describe, listed, id_field = "describe_subnets", "Subnets", "SubnetId"
    unique_by = ("vpcId", "cidrBlock")
    props = {
        "vpcId": Prop(required=True, replaces=True),
        "cidrBlock": Prop(required=True, replaces=True),
        "availabilityZone": Prop(replaces=True, computed=True),
        "availabilityZoneId": Prop(replaces=True, computed=True),
        **{name: Prop(default=False) for name in _SWITCHES},
        _HOSTNAMES: Prop(computed=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A zone is named once."""
        if "availabilityZone" in inputs and "availabilityZoneId" in inputs:
            yield "availabilityZoneId", "give it or availabilityZone, not both"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the subnet."""
        answer = aws.client("ec2").create_subnet(
            VpcId=inputs["vpcId"],
            CidrBlock=inputs["cidrBlock"],
            **present(
                AvailabilityZone=inputs.get("availabilityZone"),
                AvailabilityZoneId=inputs.get("availabilityZoneId"),
            ),
            **self.tagged(inputs),
        )
        return str(answer["Subnet"]["SubnetId"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Set what differs from AWS's defaults, one attribute a call."""
        _set(aws, id, inputs, [n for n in (*_SWITCHES, _HOSTNAMES) if inputs.get(n)])

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Describe the subnet."""
        names = found.get("PrivateDnsNameOptionsOnLaunch") or {}
        return {
            "arn": found["SubnetArn"],
            "availabilityZone": found["AvailabilityZone"],
            "availabilityZoneId": found.get("AvailabilityZoneId"),
            "cidrBlock": found["CidrBlock"],
            "enableResourceNameDnsARecordOnLaunch": names.get("EnableResourceNameDnsARecord"),
            "enableResourceNameDnsAaaaRecordOnLaunch": names.get("EnableResourceNameDnsAAAARecord"),
            "mapPublicIpOnLaunch": found.get("MapPublicIpOnLaunch", False),
            "ownerId": found.get("OwnerId"),
            _HOSTNAMES: names.get("HostnameType"),
            "vpcId": found["VpcId"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set the changed attributes, one a call."""
        _set(aws, id, new, changed & {*_SWITCHES, _HOSTNAMES})

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the subnet, which must be empty."""
        aws.client("ec2").delete_subnet(SubnetId=id)


def _set(aws: Aws, id: str, inputs: Props, names: Iterable[str]) -> None:
    for name in sorted(names):
        argument: dict[str, Any] = (
            {"PrivateDnsHostnameTypeOnLaunch": inputs[name]}
            if name == _HOSTNAMES
            else {_SWITCHES[name]: {"Value": bool(inputs.get(name))}}
        )
        aws.client("ec2").modify_subnet_attribute(SubnetId=id, **argument)
