"""aws:ec2/vpc: a private network."""

from __future__ import annotations

from localcloud.provider.base.resource import Aws, Prop, Props, present
from localcloud.provider.services.ec2.ec2_resource import Ec2Resource, filters

_SWITCHES = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
_METRICS = "enableNetworkAddressUsageMetrics"
_ON_AT_FIRST = frozenset({"enableDnsSupport"})


class Vpc(Ec2Resource):
    """A network with what AWS puts into it: a route table, a network ACL, a security group."""

    token = "aws:ec2/vpc:Vpc"
    kind = "vpc"
    describe, listed, id_field = "describe_vpcs", "Vpcs", "VpcId"
    props = {
        "cidrBlock": Prop(required=True, replaces=True),
        "instanceTenancy": Prop(default="default", replaces=True),
        **{name: Prop(default=name in _ON_AT_FIRST) for name in _SWITCHES},
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the network."""
        answer = aws.client("ec2").create_vpc(
            CidrBlock=inputs["cidrBlock"],
            **present(InstanceTenancy=inputs.get("instanceTenancy")),
            **self.tagged(inputs),
        )
        return str(answer["Vpc"]["VpcId"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Turn the switches that are not as AWS leaves them, one a call."""
        for name in _SWITCHES:
            if bool(inputs.get(name, name in _ON_AT_FIRST)) != (name in _ON_AT_FIRST):
                _switch(aws, id, name, on=bool(inputs[name]))

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Describe the network, its switches and what AWS put into it."""
        id = found["VpcId"]
        switches: Props = {name: _is_on(aws, id, name) for name in _SWITCHES}
        if aws.emulated:  # it takes this one and does not keep it
            switches[_METRICS] = bool(known.get(_METRICS))
        return {
            "arn": aws.arn("ec2", f"vpc/{id}"),
            "cidrBlock": found["CidrBlock"],
            "dhcpOptionsId": found.get("DhcpOptionsId"),
            "instanceTenancy": found.get("InstanceTenancy", "default"),
            "ownerId": found.get("OwnerId"),
            **switches,
            **_furniture(aws, id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Turn the changed switches, one a call."""
        for name in sorted(changed & _SWITCHES.keys()):
            _switch(aws, id, name, on=bool(new.get(name, name in _ON_AT_FIRST)))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the network, which must be empty."""
        aws.client("ec2").delete_vpc(VpcId=id)


def _switch(aws: Aws, id: str, name: str, *, on: bool) -> None:
    aws.client("ec2").modify_vpc_attribute(VpcId=id, **{_SWITCHES[name]: {"Value": on}})


def _is_on(aws: Aws, id: str, name: str) -> bool:
    answer = aws.client("ec2").describe_vpc_attribute(VpcId=id, Attribute=name)
    return bool(answer[_SWITCHES[name]]["Value"])


def _furniture(aws: Aws, id: str) -> Props:
    """Ids of the main route table, the default network ACL and the default security group."""
    client = aws.client("ec2")
    tables = client.describe_route_tables(**filters(vpc_id=id, **{"association.main": "true"}))
    acls = client.describe_network_acls(**filters(vpc_id=id, default="true"))
    groups = client.describe_security_groups(**filters(vpc_id=id, group_name="default"))
    table = next((item["RouteTableId"] for item in tables["RouteTables"]), None)
    return {
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultNetworkAclId": next((a["NetworkAclId"] for a in acls["NetworkAcls"]), None),
        "defaultSecurityGroupId": next((g["GroupId"] for g in groups["SecurityGroups"]), None),
    }
