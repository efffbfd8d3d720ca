"""Amazon VPC (boto3's "ec2"): networks, subnets, routes, security groups and endpoints."""

from __future__ import annotations

from localcloud.provider.services.ec2.endpoint import VpcEndpoint
from localcloud.provider.services.ec2.route_table import RouteTable, RouteTableAssociation
from localcloud.provider.services.ec2.security_group import SecurityGroup
from localcloud.provider.services.ec2.security_group_rule import (
    SecurityGroupEgressRule,
    SecurityGroupIngressRule,
)
from localcloud.provider.services.ec2.subnet import Subnet
from localcloud.provider.services.ec2.vpc import Vpc

TYPES = [
    Vpc(),
    Subnet(),
    RouteTable(),
    RouteTableAssociation(),
    SecurityGroup(),
    SecurityGroupEgressRule(),
    SecurityGroupIngressRule(),
    VpcEndpoint(),
]
