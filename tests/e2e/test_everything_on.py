"""Every optional feature at once, live; each test goes on where the last one ended."""

from __future__ import annotations

import time

import pytest

from orchestrator.reports.report import Report
from tests import everything
from tests.checkout import Checkout
from tests.e2e.account import inventory, leftover
from tests.e2e.live.system import System
from tests.smoke.conftest import Api, SigV4

QUIET = {"same", "read"}


def last_report(checkout: Checkout) -> Report:
    return Report.model_validate(checkout.reports()[-1])


@pytest.fixture(scope="module")
def zone(checkout: Checkout) -> str:
    """Id of the zone in which the domain lies."""
    return everything.switch_on(checkout)


@pytest.fixture(scope="module")
def system(checkout: Checkout, zone: str) -> System:
    """The first deployment."""
    began = time.monotonic()
    checkout.invoke("deploy-all")
    made = sum(stack.changes.get("create", 0) for stack in last_report(checkout).stacks)
    print(f"everything on: {made} resources in {time.monotonic() - began:.1f} s")
    return System(checkout)


def test_the_first_deployment_is_green_at_every_address(checkout: Checkout, system: System) -> None:
    report = last_report(checkout)
    assert report.ok
    assert report.gate is not None
    assert report.gate.passed > 0
    assert report.gate.skipped == 0
    assert report.urls["domain_url"] == f"https://{everything.DOMAIN}"


def test_every_function_is_in_the_private_subnets(system: System) -> None:
    published = system.outputs["network-security"]
    found = system.client("ec2").describe_subnets(SubnetIds=published["subnet_ids"])["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in found}) == 3
    for name in system.outputs["compute"]["function_names"].values():
        where = system.client("lambda").get_function_configuration(FunctionName=name)["VpcConfig"]
        assert sorted(where["SubnetIds"]) == sorted(published["subnet_ids"])
        assert where["SecurityGroupIds"] == [published["security_group_id"]]


def test_nothing_may_call_into_the_functions_security_group(system: System) -> None:
    group = system.outputs["network-security"]["security_group_id"]
    chosen = [{"Name": "group-id", "Values": [group]}]
    rules = system.client("ec2").describe_security_group_rules(Filters=chosen)
    assert rules["SecurityGroupRules"]
    assert all(rule["IsEgress"] for rule in rules["SecurityGroupRules"])
    assert {rule["FromPort"] for rule in rules["SecurityGroupRules"]} == {443}


def test_each_service_has_one_endpoint(system: System) -> None:
    found = system.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    services = sorted(item["ServiceName"].rsplit(".", 1)[-1] for item in found)
    asked = everything.SETTINGS["network-security"]["interface_endpoints"]
    assert services == sorted([*asked, "dynamodb", "s3"])


def test_instances_are_kept_warm_and_bounded_as_each_function_is_told(system: System) -> None:
    client, functions = system.client("lambda"), system.outputs["compute"]["function_names"]
    warm = {
        job: client.get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")[
            "RequestedProvisionedConcurrentExecutions"
        ]
        for job, name in functions.items()
    }
    assert warm == {job: 2 if job == "process" else 1 for job in functions}
    bound = client.get_function_concurrency(FunctionName=functions["process"])
    assert bound["ReservedConcurrentExecutions"] == 10


def test_tables_have_capacity_of_their_own(system: System) -> None:
    for name in system.outputs["data"]["table_names"].values():
        table = system.client("dynamodb").describe_table(TableName=name)["Table"]
        assert table["ProvisionedThroughput"]["ReadCapacityUnits"] > 0


def test_a_client_has_its_quota_and_no_more(system: System) -> None:
    gateway = system.client("apigateway")
    id_ = system.outputs["api"]["api_key_ids"][everything.CLIENT]
    key = gateway.get_api_key(apiKey=id_, includeValue=True)["value"]
    signature = SigV4(system.session, system.region)
    base = system.outputs["api"]["base_url"]

    def ask(key: str | None) -> tuple[int, str]:
        answer = Api(base, signature, key).get("/records", params={"symbol": "QUOTA"})
        return answer.status_code, answer.json().get("error", {}).get("code", "")

    assert ask(None) == (403, "forbidden")
    assert ask("x" * len(key)) == (403, "forbidden")
    assert [ask(key) for _ in range(everything.QUOTA)] == [(200, "")] * everything.QUOTA
    assert ask(key) == (429, "too_many_requests")


def test_a_second_run_changes_nothing(checkout: Checkout, system: System) -> None:
    before = inventory(checkout)
    checkout.invoke("deploy-all")
    for stack in last_report(checkout).stacks:
        assert set(stack.changes) <= QUIET, stack.layer
    assert inventory(checkout) == before


def test_a_refresh_finds_the_cloud_as_the_state_says(checkout: Checkout, system: System) -> None:
    for layer in checkout.layers():
        checkout.invoke("refresh", layer)
        (stack,) = last_report(checkout).stacks
        assert not {op for op in stack.changes if op not in QUIET and "refresh" not in op}, layer
    checkout.invoke("deploy-all")
    for stack in last_report(checkout).stacks:
        assert set(stack.changes) <= QUIET, stack.layer


@pytest.mark.parametrize("command", [["deploy-all"], ["up", "network-security"]])
def test_the_vpc_does_not_go_under_the_functions(
    checkout: Checkout, system: System, command: list[str]
) -> None:
    runs = len(checkout.reports())
    checkout.configure("network-security", {"network-security:vpc_enabled": False})
    told = checkout.invoke(*command, code=1).stderr
    checkout.configure("network-security", {"network-security:vpc_enabled": True})
    assert told.startswith("network-security:vpc_enabled is false")
    assert "Run first: ./invoke config.set compute in_vpc --value false, then: " in told
    assert told.endswith(f"./invoke up compute, then: ./invoke {' '.join(command)}\n")
    assert len(checkout.reports()) == runs, "nothing was begun"


def test_the_vpc_goes_after_the_functions_have_left_it(checkout: Checkout, system: System) -> None:
    checkout.configure("compute", {"compute:in_vpc": False})
    checkout.invoke("up", "compute")
    checkout.configure("network-security", {"network-security:vpc_enabled": False})
    checkout.invoke("deploy-all")
    assert last_report(checkout).ok
    kinds = ("VPC", "subnet", "security group", "route table")
    assert not [item for item in leftover(checkout) if any(f" ec2 {k}" in item for k in kinds)]


def test_destroying_all_leaves_the_zone_as_it_was_found_and_nothing_else(
    checkout: Checkout, system: System, zone: str
) -> None:
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == [f"global route53 hosted zone /hostedzone/{zone}"]
    client = checkout.client("route53")
    records = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert {record["Type"] for record in records} == {"NS", "SOA"}
    client.delete_hosted_zone(Id=zone)
    assert leftover(checkout) == []


def test_the_http_edge_goes_with_everything_else(checkout: Checkout) -> None:
    zone = everything.switch_on(checkout, "http")
    checkout.invoke("deploy-all")
    report = last_report(checkout)
    assert report.ok
    assert report.gate is not None
    assert (report.gate.passed > 0, report.gate.skipped) == (True, 0)
    assert report.urls["domain_url"] == f"https://{everything.DOMAIN}"
    published = checkout.json("outputs", "--layer", "api")
    assert (published["edge"], "api_key_ids" in published) == ("http", False)
    functions = System(checkout)
    for name in functions.outputs["compute"]["function_names"].values():
        where = functions.client("lambda").get_function_configuration(FunctionName=name)
        assert where["VpcConfig"]["SubnetIds"], name
    functions.close()
    before = inventory(checkout)
    checkout.invoke("deploy-all")
    assert all(set(stack.changes) <= QUIET for stack in last_report(checkout).stacks)
    assert inventory(checkout) == before
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == [f"global route53 hosted zone /hostedzone/{zone}"]
