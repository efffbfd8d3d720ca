"""Networks beyond what every type must do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.localcloud.provider.driver import Driver, Resource

RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


@pytest.fixture
def group(driver: Driver) -> Iterator[Resource]:
    vpc = driver.create("aws:ec2/vpc:Vpc", {"cidrBlock": "10.30.0.0/16"})
    made = driver.create(GROUP, {"vpcId": vpc.id})
    yield made
    driver.delete(made)
    driver.delete(vpc)


def test_a_new_group_lets_nothing_out(group: Resource, clients: Callable[..., Any]) -> None:
    found = clients("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]
    assert found["IpPermissionsEgress"] == []
    assert found["IpPermissions"] == []


def test_the_token_that_finds_a_resource_again_is_shown_nowhere(
    group: Resource, clients: Callable[..., Any]
) -> None:
    found = clients("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]
    token = next(tag["Value"] for tag in found["Tags"] if tag["Key"] == "microstack:token")
    assert token not in json.dumps(group.outputs)


def test_a_rule_that_is_about_another_kind_of_peer_is_a_new_one(
    driver: Driver, group: Resource
) -> None:
    base = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    rule = driver.create(RULE, {**base, "cidrIpv4": "10.30.0.0/16"})
    wider = driver.check(RULE, {**base, "cidrIpv4": "10.0.0.0/8"}, olds=rule.inputs)
    assert not driver.diff(rule, wider).replaces
    other = {**base, "referencedSecurityGroupId": group.id}
    assert driver.diff(rule, driver.check(RULE, other, olds=rule.inputs)).replaces
    driver.delete(rule)


@pytest.mark.parametrize(
    ("token", "inputs", "name"),
    [
        (RULE, {"securityGroupId": "sg", "ipProtocol": "-1"}, "cidrIpv4"),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcId": "vpc", "serviceName": "s3", "subnetIds": ["subnet"]},
            "subnetIds",
        ),
        (
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            {"routeTableId": "rtb"},
            "subnetId",
        ),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "ipv4IpamPoolId": "p"}, "ipv4IpamPoolId"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_made(
    driver: Driver, token: str, inputs: dict[str, Any], name: str
) -> None:
    assert name in driver.failures(token, inputs)
