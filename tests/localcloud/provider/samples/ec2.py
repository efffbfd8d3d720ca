"""Samples of EC2's networks."""

from __future__ import annotations

import json

from tests.localcloud.provider.samples import Clients, Made, Needs, Props, Sample

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_TAGS = {"purpose": "test"}
_NAMED = "names one peer; the others have their own samples"


def _no_names(clients: Clients, made: Made) -> None:
    clients("ec2").modify_vpc_attribute(VpcId=made.id, EnableDnsSupport={"Value": False})


def _public(clients: Clients, made: Made) -> None:
    clients("ec2").modify_subnet_attribute(SubnetId=made.id, MapPublicIpOnLaunch={"Value": True})


def _another_way(clients: Clients, made: Made) -> None:
    clients("ec2").create_route(
        RouteTableId=made.id, DestinationCidrBlock="192.168.0.0/16", GatewayId="igw-other"
    )


def _dissociate(clients: Clients, made: Made) -> None:
    clients("ec2").disassociate_route_table(AssociationId=made.id)


def _open(clients: Clients, made: Made) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    clients("ec2").authorize_security_group_ingress(
        GroupId=made.id, IpPermissions=[{**permission, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )


def _widen(clients: Clients, made: Made) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}
    clients("ec2").modify_security_group_rules(
        GroupId=made.outputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": made.id, "SecurityGroupRule": rule}],
    )


def _explain(clients: Clients, made: Made) -> None:
    peer = {"ReferencedGroupId": made.outputs["referencedSecurityGroupId"], "IpProtocol": "-1"}
    rule = {"SecurityGroupRuleId": made.id, "SecurityGroupRule": {**peer, "Description": "by hand"}}
    clients("ec2").modify_security_group_rules(
        GroupId=made.outputs["securityGroupId"], SecurityGroupRules=[rule]
    )


def _unroute(clients: Clients, made: Made) -> None:
    tables = made.outputs["routeTableIds"]
    clients("ec2").modify_vpc_endpoint(VpcEndpointId=made.id, RemoveRouteTableIds=tables)


def _remove(clients: Clients, made: Made) -> None:
    clients("ec2").delete_vpc_endpoints(VpcEndpointIds=[made.id])


def _web(*peers: str, description: str = "") -> Props:
    rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": list(peers)}
    return {**rule, "description": description} if description else rule


def _policy(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _rule(**peer: str) -> Props:
    return {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **peer}


def _in_group(needs: Needs, rule: Props) -> Props:
    return {"securityGroupId": needs["group"].id, **rule}


SAMPLES = [
    Sample(
        token=VPC,
        inputs={"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": _TAGS},
        updates={
            "enableDnsHostnames": None,
            "enableDnsSupport": False,
            "enableNetworkAddressUsageMetrics": True,
        },
        replace={"cidrBlock": "10.21.0.0/16", "instanceTenancy": "dedicated"},
        drift=_no_names,
        drifted=("enableDnsSupport",),
    ),
    Sample(
        token=SUBNET,
        needs={"vpc": VPC},
        inputs=lambda needs: {
            "vpcId": needs["vpc"].id,
            "cidrBlock": "10.20.1.0/24",
            "availabilityZone": "us-east-1a",
            "tags": _TAGS,
        },
        updates={
            "enableResourceNameDnsARecordOnLaunch": True,
            "mapPublicIpOnLaunch": True,
            "privateDnsHostnameTypeOnLaunch": "resource-name",
        },
        replace={"cidrBlock": "10.20.2.0/24", "availabilityZone": "us-east-1b"},
        moves=("vpcId",),
        drift=_public,
        drifted=("mapPublicIpOnLaunch",),
        not_tried={
            "availabilityZoneId": "stands instead of availabilityZone",
            "enableResourceNameDnsAaaaRecordOnLaunch": "for IPv6 subnets",
        },
    ),
    Sample(
        token=TABLE,
        needs={"vpc": VPC},
        inputs=lambda needs: {
            "vpcId": needs["vpc"].id,
            "routes": [
                {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
                {"cidrBlock": "172.16.0.0/16", "gatewayId": "igw-2"},
            ],
            "tags": _TAGS,
        },
        updates={"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-3"}]},
        moves=("vpcId",),
        drift=_another_way,
        drifted=("routes",),
    ),
    Sample(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        needs={"subnet": SUBNET, "table": TABLE},
        inputs=lambda n: {"subnetId": n["subnet"].id, "routeTableId": n["table"].id},
        moves=("subnetId", "routeTableId"),
        drift=_dissociate,
        not_tried={"gatewayId": "stands instead of subnetId"},
    ),
    Sample(
        token=GROUP,
        needs={"vpc": VPC},
        inputs=lambda needs: {
            "vpcId": needs["vpc"].id,
            "description": "functions",
            "tags": _TAGS,
        },
        replace={"name": "another", "description": "other"},
        moves=("vpcId",),
        not_tried={"ingress": "has its own sample", "egress": "has its own sample"},
    ),
    Sample(
        token=GROUP,
        label="inline",
        needs={"vpc": VPC},
        inputs=lambda needs: {
            "vpcId": needs["vpc"].id,
            "namePrefix": "inline-",
            "ingress": [_web("10.20.0.0/24", "10.20.1.0/24"), {**_web(), "self": True}],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
        updates={
            "ingress": [_web("10.20.1.0/24", description="inside"), _web("10.20.2.0/24")],
            "egress": [_web("10.20.0.0/16")],
        },
        drift=_open,
        drifted=("ingress",),
    ),
    Sample(
        token="aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        needs={"group": GROUP},
        inputs=lambda needs: _in_group(needs, _rule(cidrIpv4="10.20.0.0/16") | {"tags": _TAGS}),
        updates={
            "cidrIpv4": "10.0.0.0/8",
            "fromPort": 80,
            "toPort": 80,
            "description": "inside",
            "ipProtocol": "udp",
        },
        moves=("securityGroupId",),
        drift=_widen,
        drifted=("cidrIpv4",),
        not_tried=dict.fromkeys(("cidrIpv6", "prefixListId", "referencedSecurityGroupId"), _NAMED),
    ),
    Sample(
        token="aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        label="prefix-list",
        needs={"group": GROUP, "endpoint": ENDPOINT},
        inputs=lambda needs: _in_group(
            needs, _rule(prefixListId=needs["endpoint"].outputs["prefixListId"])
        ),
        imports=False,  # the emulator does not keep prefix lists
    ),
    Sample(
        token="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        needs={"group": GROUP},
        inputs=lambda needs: _in_group(
            needs,
            {
                "ipProtocol": "-1",
                "referencedSecurityGroupId": needs["group"].id,
                "description": "among themselves",
            },
        ),
        updates={"description": "each other"},
        moves=("securityGroupId", "referencedSecurityGroupId"),
        drift=_explain,
        drifted=("description",),
        not_tried={
            **dict.fromkeys(("cidrIpv4", "cidrIpv6", "prefixListId"), _NAMED),
            **dict.fromkeys(("fromPort", "toPort", "ipProtocol"), "tried with the other direction"),
        },
    ),
    Sample(
        token=ENDPOINT,
        needs={"vpc": VPC},
        inputs=lambda needs: {
            "vpcId": needs["vpc"].id,
            "serviceName": "com.amazonaws.us-east-1.s3",
            "routeTableIds": [needs["vpc"].outputs["mainRouteTableId"]],
            "tags": _TAGS,
        },
        updates={"policy": _policy("s3:GetObject")},
        replace={"serviceName": "com.amazonaws.us-east-1.dynamodb"},
        moves=("vpcId",),
        drift=_remove,
        not_tried={
            **dict.fromkeys(("subnetIds", "securityGroupIds"), "has its own sample"),
            **dict.fromkeys(("privateDnsEnabled", "ipAddressType"), "has its own sample"),
            "routeTableIds": "has its own sample",
        },
    ),
    Sample(
        token=ENDPOINT,
        label="unrouted",
        needs={"vpc": VPC},
        inputs=lambda needs: {
            "vpcId": needs["vpc"].id,
            "serviceName": "com.amazonaws.us-east-1.s3",
        },
        replace={"vpcEndpointType": "Interface"},
    ),
    Sample(
        token=ENDPOINT,
        label="routed",
        needs={"table": TABLE},
        inputs=lambda needs: {
            "vpcId": needs["table"].outputs["vpcId"],
            "serviceName": "com.amazonaws.us-east-1.dynamodb",
            "routeTableIds": [needs["table"].id],
        },
        drift=_unroute,
        drifted=("routeTableIds",),
    ),
    Sample(
        token=ENDPOINT,
        label="interface",
        needs={"subnet": SUBNET},
        inputs=lambda needs: {
            "vpcId": needs["subnet"].outputs["vpcId"],
            "serviceName": "com.amazonaws.us-east-1.ssm",
            "vpcEndpointType": "Interface",
            "subnetIds": [needs["subnet"].id],
            "securityGroupIds": ["sg-1"],
            "privateDnsEnabled": True,
        },
        updates={
            "securityGroupIds": ["sg-2"],
            "privateDnsEnabled": False,
            "ipAddressType": "ipv4",
            "policy": _policy("ssm:GetParameter"),
        },
        drift=_remove,
        imports=False,  # the emulator keeps neither security groups nor policy
    ),
]
