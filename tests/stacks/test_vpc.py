"""The optional VPC: what it is made of, and what functions do with it."""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Network
from typing import Any

import pytest

from shared.errors import ConfigError, StackError
from shared.iam import NETWORK_INTERFACES
from shared.registry.jobs import JOBS
from shared.settings.network_security import CALLED
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, ROOT, Program, run

ON = {"vpc_enabled": "true"}
NETWORKING = ("aws:ec2/", "aws:vpc/")


@pytest.fixture(scope="module")
def network() -> Program:
    return run("network-security", config=ON)


@pytest.fixture(scope="module")
def attached(network: Program, data: Program) -> Program:
    return run("compute", upstream=below(network, data))


def _networking(program: Program) -> list[str]:
    return [item.name for item in program.resources if item.type.startswith(NETWORKING)]


def test_without_the_setting_there_is_no_vpc_and_no_function_in_one(
    security: Program, compute: Program
) -> None:
    assert _networking(security) == []
    assert not {"subnet_ids", "security_group_id"} & set(security.outputs)
    for function in compute.all("lambda/function:Function").values():
        assert "vpcConfig" not in function.inputs
    roles = compute.all("iam/rolePolicy:RolePolicy").values()
    assert "ec2:" not in "".join(role.inputs["policy"] for role in roles)


def test_each_of_two_zones_has_a_private_subnet_of_its_own(network: Program) -> None:
    subnets = network.all("ec2/subnet:Subnet")
    assert {name: item.inputs for name, item in subnets.items()} == {
        "private-1": {
            "vpcId": "private-made",
            "availabilityZone": "us-east-1a",
            "cidrBlock": "10.20.0.0/20",
        },
        "private-2": {
            "vpcId": "private-made",
            "availabilityZone": "us-east-1b",
            "cidrBlock": "10.20.16.0/20",
        },
    }
    assert network.outputs["subnet_ids"] == ["private-1-made", "private-2-made"]


def test_the_vpc_resolves_names_so_that_endpoints_answer_to_the_usual_ones(
    network: Program,
) -> None:
    assert network.one("ec2/vpc:Vpc", "private").inputs == {
        "cidrBlock": "10.20.0.0/16",
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
    }


def test_no_route_leads_out(network: Program) -> None:
    assert network.one("ec2/routeTable:RouteTable", "private").inputs == {"vpcId": "private-made"}
    attached = network.all("ec2/routeTableAssociation:RouteTableAssociation").values()
    assert sorted(item.inputs["subnetId"] for item in attached) == network.outputs["subnet_ids"]
    assert {item.inputs["routeTableId"] for item in attached} == {"private-made"}
    kinds = {item.type.split(":")[1] for item in network.resources}
    assert not kinds & {"ec2/internetGateway", "ec2/natGateway", "ec2/route"}


@pytest.mark.parametrize(
    ("service", "actions"),
    [
        (
            "dynamodb",
            {f"dynamodb:{verb}Item" for verb in ("Get", "Put", "Update", "Delete")}
            | {"dynamodb:Query", "dynamodb:Scan"},
        ),
        ("s3", {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}),
    ],
)
def test_tables_and_buckets_of_this_account_are_reached_by_gateways(
    network: Program, service: str, actions: set[str]
) -> None:
    gateway = network.one("ec2/vpcEndpoint:VpcEndpoint", service)
    assert gateway.inputs["vpcEndpointType"] == "Gateway"
    assert gateway.inputs["serviceName"] == f"com.amazonaws.us-east-1.{service}"
    assert gateway.inputs["routeTableIds"] == ["private-made"]
    (statement,) = gateway.document("policy")["Statement"]
    assert set(statement["Action"]) == actions
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
    }


def test_the_services_that_functions_call_have_interface_endpoints(network: Program) -> None:
    for service in ("secretsmanager", "sqs", "ssm"):
        endpoint = network.one("ec2/vpcEndpoint:VpcEndpoint", service)
        inputs = dict(endpoint.inputs)
        assert all(
            action.startswith(f"{service}:")
            for statement in endpoint.document("policy")["Statement"]
            for action in statement["Action"]
        )
        del inputs["policy"]
        assert inputs == {
            "vpcId": "private-made",
            "vpcEndpointType": "Interface",
            "serviceName": f"com.amazonaws.us-east-1.{service}",
            "subnetIds": ["private-1-made", "private-2-made"],
            "securityGroupIds": ["endpoints-made"],
            "privateDnsEnabled": True,
        }


def _rules(program: Program, direction: str) -> dict[str, dict[str, Any]]:
    found = program.all(f"vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule")
    return {name: item.inputs for name, item in found.items()}


def test_nobody_calls_into_functions_and_they_call_endpoints_over_https_only(
    network: Program,
) -> None:
    https = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    own = {"securityGroupId": "functions-made", **https}
    door = {"referencedSecurityGroupId": "endpoints-made"}
    assert _rules(network, "Egress") == {
        "functions-to-dynamodb": {**own, "prefixListId": "pl-dynamodb-made"},
        "functions-to-s3": {**own, "prefixListId": "pl-s3-made"},
        "functions-to-endpoints": {**own, **door},
    }
    assert _rules(network, "Ingress") == {
        "endpoints-from-functions": {
            "securityGroupId": "endpoints-made",
            "referencedSecurityGroupId": "functions-made",
            **https,
        }
    }
    for group in network.all("ec2/securityGroup:SecurityGroup").values():
        assert not {"ingress", "egress"} & set(group.inputs)
    assert network.outputs["security_group_id"] == "functions-made"


def test_what_functions_call_is_what_they_have_clients_for() -> None:
    sources = (ROOT / "lambda_src").rglob("*.py")
    clients = {
        service
        for source in sources
        for service in re.findall(r"\bclient\(\"(\w+)\"", source.read_text(encoding="utf-8"))
    }
    assert clients == {"dynamodb", "s3", *CALLED}


@pytest.mark.parametrize(
    ("endpoints", "missing"),
    [
        ([], "secretsmanager, sqs, ssm among"),
        (["kms"], "secretsmanager, sqs, ssm among"),
        (["ssm", "secretsmanager", "logs"], "expects sqs among"),
    ],
)
def test_functions_are_not_cut_off_from_what_they_call(endpoints: list[str], missing: str) -> None:
    config = {"interface_endpoints": json.dumps(endpoints)}
    with pytest.raises(ConfigError, match=f"{missing} interface_endpoints with vpc_enabled"):
        run("network-security", config={**ON, **config})
    assert _networking(run("network-security", config=config)) == []


def test_range_zones_and_endpoints_are_settings() -> None:
    config = {
        **ON,
        "vpc_cidr": "192.168.8.0/24",
        "vpc_zones": "3",
        "interface_endpoints": '["ssm", "sqs", "secretsmanager", "kms"]',
    }
    program = run("network-security", config=config)
    subnets = [item.inputs for item in program.all("ec2/subnet:Subnet").values()]
    ranges = [IPv4Network(item["cidrBlock"]) for item in subnets]
    assert len({item["availabilityZone"] for item in subnets}) == 3
    assert {part.prefixlen for part in ranges} == {28}
    assert all(part.subnet_of(IPv4Network("192.168.8.0/24")) for part in ranges)
    endpoints = set(program.all("ec2/vpcEndpoint:VpcEndpoint"))
    assert endpoints == {"dynamodb", "s3", "kms", *CALLED}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("vpc_cidr", "8.8.0.0/16", "a private IPv4 network"),
        ("vpc_cidr", "10.0.0.0/8", "from /16 to /24"),
        ("vpc_cidr", "10.20.0.1/16", "a private IPv4 network"),
        ("vpc_cidr", "ten", "a private IPv4 network"),
        ("vpc_zones", "1", "greater than or equal to 2"),
        ("interface_endpoints", '["ec2"]', "'kms', 'logs', 'secretsmanager'"),
    ],
)
def test_what_cannot_be_is_refused(key: str, value: str, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as caught:
        run("network-security", config={key: value})
    assert f"network-security:{key}" in str(caught.value)


def test_more_zones_than_the_region_has_are_refused_before_anything_is_made() -> None:
    with pytest.raises(
        StackError, match=r"us-east-1 has 3 availability zones.*vpc_zones --value 3"
    ):
        run("network-security", config={**ON, "vpc_zones": "4"})


def test_every_function_runs_in_the_private_subnets(network: Program, attached: Program) -> None:
    functions = attached.all("lambda/function:Function")
    assert set(functions) == set(JOBS)
    for function in functions.values():
        assert function.inputs["vpcConfig"] == {
            "subnetIds": network.outputs["subnet_ids"],
            "securityGroupIds": [network.outputs["security_group_id"]],
        }


def test_lambda_may_attach_a_function_and_the_functions_own_code_may_not(
    attached: Program,
) -> None:
    policies = attached.all("iam/rolePolicy:RolePolicy")
    assert set(policies) == {f"{job}-policy" for job in JOBS}
    for policy in policies.values():
        allowed = policy.statement("policy", "AttachToVpc")
        denied = policy.statement("policy", "OnlyLambdaAttaches")
        assert allowed["Action"] == denied["Action"] == list(NETWORK_INTERFACES)
        assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
        assert denied["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}
        assert "Condition" not in allowed


def test_the_ceiling_grows_by_what_lambda_needs_and_only_then(
    network: Program, security: Program
) -> None:
    def ceiling(program: Program) -> set[str]:
        boundary = program.one("iam/policy:Policy", "boundary")
        return set(boundary.statement("policy", "Ceiling")["Action"])

    assert ceiling(network) - ceiling(security) == set(NETWORK_INTERFACES)
    assert ceiling(security) < ceiling(network)


def _subnets_in_use(program: Program) -> bool:
    return "subnet_ids" in program.outputs["contract"]["reads"]["network-security"]


def test_functions_leave_the_vpc_before_it_goes(
    network: Program, attached: Program, data: Program
) -> None:
    # a stack of its own: what programs of one stack read is kept for the life of the process
    upstream, config = below(network, data), {"in_vpc": "false"}
    program = run("compute", upstream=upstream, config=config, stack="dev")
    assert (_subnets_in_use(attached), _subnets_in_use(program)) == (True, False)
    for function in program.all("lambda/function:Function").values():
        assert "vpcConfig" not in function.inputs
    roles = program.all("iam/rolePolicy:RolePolicy").values()
    assert "ec2:" not in "".join(role.inputs["policy"] for role in roles)
