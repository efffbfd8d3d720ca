"""The optional VPC: private subnets without a way out, but to the AWS services that roles call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi_aws as aws
from boundary import CEILING
from pulumi import Output, ResourceOptions

from shared import commands, stack
from shared.account import Account
from shared.errors import StackError
from shared.iam import ANY, Statement, policy
from shared.settings.network_security import NetworkSecurity

GATEWAYS = ("dynamodb", "s3")
"""Services that have gateway endpoints, which cost nothing."""
HTTPS = 443
SUBNET_BITS = 4
"""A subnet has a sixteenth of the VPC: at least the /28 that AWS asks for, and room to grow."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where functions run."""

    subnet_ids: Output[list[str]]
    security_group_id: Output[str]
    cidr: Output[str]


def network(settings: NetworkSecurity, *, account: Account) -> Network:
    """The VPC with subnets, endpoints and the functions' security group."""
    zones = _zones(settings.vpc_zones, region=account.region)
    vpc = aws.ec2.Vpc(
        "private",
        cidr_block=settings.vpc_cidr,
        enable_dns_support=True,
        enable_dns_hostnames=True,  # interface endpoints answer to their services' usual names
    )
    subnets = _subnets(vpc, cidr=settings.vpc_cidr, zones=zones)
    table = _routes(vpc, subnets)
    functions = aws.ec2.SecurityGroup(
        "functions",
        vpc_id=vpc.id,
        description="Functions: nobody calls in, and they call AWS services only.",
        opts=ResourceOptions(parent=vpc),
    )
    for service in GATEWAYS:
        gateway = _gateway(service, vpc=vpc, table=table, account=account)
        _allow_out(service, functions, prefix_list_id=gateway.prefix_list_id)
    door = _door(vpc, functions)
    for service in settings.interface_endpoints:
        _interface(service, vpc=vpc, subnets=subnets, door=door, account=account)
    return Network(
        subnet_ids=Output.all(*(subnet.id for subnet in subnets)),
        security_group_id=functions.id,
        cidr=vpc.cidr_block,
    )


def _zones(count: int, *, region: str) -> list[str]:
    """The first zones of the region, by name; opt-in ones (local zones) are left out."""
    found = aws.get_availability_zones(
        state="available",
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
    )
    if len(found.names) < count:
        where = stack.current()
        raise StackError(
            f"Region {region} has {len(found.names)} availability zones (network-security:vpc_zones"
            f" is {count}); set it in Pulumi.{where}.yaml, or with: "
            + commands.set_plain("network-security", "vpc_zones", where, str(len(found.names)))
        )
    return sorted(found.names)[:count]


def _subnets(vpc: aws.ec2.Vpc, *, cidr: str, zones: Sequence[str]) -> list[aws.ec2.Subnet]:
    parts = IPv4Network(cidr).subnets(prefixlen_diff=SUBNET_BITS)
    return [
        aws.ec2.Subnet(
            f"private-{number}",
            vpc_id=vpc.id,
            availability_zone=zone,
            cidr_block=str(part),
            opts=ResourceOptions(parent=vpc),
        )
        for number, (zone, part) in enumerate(zip(zones, parts, strict=False), start=1)
    ]


def _routes(vpc: aws.ec2.Vpc, subnets: Sequence[aws.ec2.Subnet]) -> aws.ec2.RouteTable:
    """One table for all subnets: within the VPC, and by gateway endpoints; nowhere else."""
    table = aws.ec2.RouteTable("private", vpc_id=vpc.id, opts=ResourceOptions(parent=vpc))
    for number, subnet in enumerate(subnets, start=1):
        aws.ec2.RouteTableAssociation(
            f"private-{number}",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=ResourceOptions(parent=table),
        )
    return table


def _gateway(
    service: str, *, vpc: aws.ec2.Vpc, table: aws.ec2.RouteTable, account: Account
) -> aws.ec2.VpcEndpoint:
    return aws.ec2.VpcEndpoint(
        service,
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{account.region}.{service}",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id],
        policy=_endpoint_policy(service, account),
        opts=ResourceOptions(parent=vpc),
    )


def _interface(
    service: str,
    *,
    vpc: aws.ec2.Vpc,
    subnets: Sequence[aws.ec2.Subnet],
    door: aws.ec2.SecurityGroup,
    account: Account,
) -> aws.ec2.VpcEndpoint:
    return aws.ec2.VpcEndpoint(
        service,
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{account.region}.{service}",
        vpc_endpoint_type="Interface",
        subnet_ids=[subnet.id for subnet in subnets],
        security_group_ids=[door.id],
        private_dns_enabled=True,
        policy=_endpoint_policy(service, account),
        opts=ResourceOptions(parent=vpc),
    )


def _endpoint_policy(service: str, account: Account) -> Output[str]:
    """Roles of this account on things of this account, so that nothing is carried elsewhere."""
    return policy(
        Statement(
            sid="OwnAccountOnly",
            actions=[action for action in CEILING if action.startswith(f"{service}:")],
            resources=ANY,
            principals="*",
            conditions={
                "StringEquals": {
                    "aws:PrincipalAccount": account.id,
                    "aws:ResourceAccount": account.id,
                }
            },
            reason="an endpoint's policy grants nothing; each role's own names the resources",
        )
    )


def _allow_out(
    service: str, functions: aws.ec2.SecurityGroup, *, prefix_list_id: Output[str]
) -> None:
    aws.vpc.SecurityGroupEgressRule(
        f"functions-to-{service}",
        security_group_id=functions.id,
        prefix_list_id=prefix_list_id,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        opts=ResourceOptions(parent=functions),
    )


def _door(vpc: aws.ec2.Vpc, functions: aws.ec2.SecurityGroup) -> aws.ec2.SecurityGroup:
    """The security group of interface endpoints: functions call in, nothing calls out."""
    door = aws.ec2.SecurityGroup(
        "endpoints",
        vpc_id=vpc.id,
        description="Interface endpoints: functions call them over HTTPS.",
        opts=ResourceOptions(parent=vpc),
    )
    aws.vpc.SecurityGroupEgressRule(
        "functions-to-endpoints",
        security_group_id=functions.id,
        referenced_security_group_id=door.id,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        opts=ResourceOptions(parent=functions),
    )
    aws.vpc.SecurityGroupIngressRule(
        "endpoints-from-functions",
        security_group_id=door.id,
        referenced_security_group_id=functions.id,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        opts=ResourceOptions(parent=door),
    )
    return door
