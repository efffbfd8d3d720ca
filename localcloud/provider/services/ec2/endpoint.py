"""aws:ec2/vpcEndpoint: a way from a network to an AWS service that does not leave AWS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, json_text, present
from localcloud.provider.base.values import UNKNOWN
from localcloud.provider.services.ec2.ec2_resource import Ec2Resource, filters

_SETS = {
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
    "subnetIds": "SubnetIds",
}
_GATEWAY = "Gateway"
_GONE = ("deleted", "deleting", "failed", "rejected")
_UNREADABLE = ("ipAddressType", "policy", "privateDnsEnabled", "securityGroupIds")


class VpcEndpoint(Ec2Resource):
    """An endpoint: `Gateway` (in route tables) or `Interface` (in subnets)."""

    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    kind = "vpc-endpoint"
    describe, listed, id_field = "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"
    volatile = frozenset({"networkInterfaceIds", "dnsEntries"})
    props = {
        "vpcId": Prop(required=True, replaces=True),
        "serviceName": Prop(required=True, replaces=True),
        "vpcEndpointType": Prop(default=_GATEWAY, replaces=True),
        **{name: Prop(unordered=True, computed=True) for name in _SETS},
        "policy": Prop(json=True, computed=True),
        "privateDnsEnabled": Prop(computed=True),
        "ipAddressType": Prop(computed=True),
        "autoAccept": Prop(provider_only=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Route tables go with gateways, subnets and security groups with interfaces."""
        if inputs.get("vpcEndpointType") is UNKNOWN:
            return
        is_gateway = inputs.get("vpcEndpointType", _GATEWAY) == _GATEWAY
        wrong = ("subnetIds", "securityGroupIds") if is_gateway else ("routeTableIds",)
        kind = "a Gateway" if is_gateway else "an Interface"
        yield from ((n, f"is not for {kind} endpoint") for n in wrong if inputs.get(n))

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the endpoint."""
        policy = inputs.get("policy")
        answer = aws.client("ec2").create_vpc_endpoint(
            VpcId=inputs["vpcId"],
            ServiceName=inputs["serviceName"],
            VpcEndpointType=inputs.get("vpcEndpointType", _GATEWAY),
            **present(
                **{theirs: inputs.get(ours) for ours, theirs in _SETS.items()},
                IpAddressType=inputs.get("ipAddressType"),
                PolicyDocument=policy and json_text(policy),
                PrivateDnsEnabled=inputs.get("privateDnsEnabled"),
            ),
            **self.tagged(inputs),
        )
        return str(answer["VpcEndpoint"]["VpcEndpointId"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Wait until it can be used."""
        self._settled(aws, id)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Describe the endpoint; one on its way out counts as gone."""
        actual = super().read(aws, id, known)
        return None if actual is None or actual["state"].lower() in _GONE else actual

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Describe the endpoint with its addresses."""
        kind = found.get("VpcEndpointType", _GATEWAY)
        unreadable = {name: known.get(name) for name in _UNREADABLE} if aws.emulated else {}
        return {
            **unreadable,
            **_settings(found),
            "arn": aws.arn("ec2", f"vpc-endpoint/{found['VpcEndpointId']}"),
            "dnsEntries": [_from_entry(entry) for entry in found.get("DnsEntries") or []],
            "networkInterfaceIds": found.get("NetworkInterfaceIds") or [],
            "ownerId": found.get("OwnerId"),
            "requesterManaged": bool(found.get("RequesterManaged")),
            "serviceName": found["ServiceName"],
            "state": found["State"],
            "vpcEndpointType": kind,
            "vpcId": found["VpcId"],
            **(_prefix_list(aws, found["ServiceName"]) if kind == _GATEWAY else {}),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Make all changes in one call."""
        arguments: dict[str, Any] = {}
        for name in sorted(changed & _SETS.keys()):
            arguments |= _set_change(_SETS[name], old.get(name) or [], new.get(name) or [])
        if "policy" in changed:
            arguments["PolicyDocument"] = json_text(new["policy"])
        for name in sorted(changed & {"privateDnsEnabled", "ipAddressType"}):
            arguments[name[0].upper() + name[1:]] = new[name]
        aws.client("ec2").modify_vpc_endpoint(VpcEndpointId=id, **arguments)
        self._settled(aws, id)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the endpoint and wait until its network interfaces are gone."""
        aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[id])
        aws.wait(
            lambda: self._state(aws, id) in (None, "deleted"),
            what=f"endpoint {id} to be deleted",
            timeout=600,
        )

    def _settled(self, aws: Aws, id: str) -> None:
        aws.wait(lambda: self._state(aws, id) != "pending", what=f"endpoint {id} to be available")

    def _state(self, aws: Aws, id: str) -> str | None:
        found = self.described(aws, id)
        return None if found is None else str(found["State"]).lower()


def _settings(found: Props) -> Props:
    groups = found.get("Groups")
    return present(
        ipAddressType=found.get("IpAddressType"),
        policy=found.get("PolicyDocument"),
        privateDnsEnabled=found.get("PrivateDnsEnabled"),
        routeTableIds=found.get("RouteTableIds"),
        securityGroupIds=groups and [group["GroupId"] for group in groups],
        subnetIds=found.get("SubnetIds"),
    )


def _prefix_list(aws: Aws, service: str) -> Props:
    """The addresses of a gateway's service, as a list that security group rules can name."""
    chosen = filters(**{"prefix-list-name": service})
    for found in aws.client("ec2").describe_prefix_lists(**chosen)["PrefixLists"]:
        return {"prefixListId": found["PrefixListId"], "cidrBlocks": found.get("Cidrs") or []}
    return {}


def _from_entry(entry: Props) -> Props:
    return {"dnsName": entry.get("DnsName"), "hostedZoneId": entry.get("HostedZoneId")}


def _set_change(name: str, old: list[str], new: list[str]) -> dict[str, list[str]]:
    return present(
        **{
            f"Add{name}": sorted(set(new) - set(old)),
            f"Remove{name}": sorted(set(old) - set(new)),
        }
    )
