"""Every optional feature at once, live, on the REST edge; at the end without the VPC on HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests import everything
from tests.checkout import Checkout
from tests.e2e.account import inventory, leftover
from tests.e2e.everything.conftest import QUIET, gate, last_report, operations
from tests.e2e.everything.test_edges import configure, kinds, watched
from tests.e2e.live.system import System
from tests.in_process import invoke
from tests.smoke.conftest import Api, SigV4


@pytest.fixture(scope="module")
def system(first: Checkout) -> Iterator[System]:
    """The REST edge, with usage plans, which only that has."""
    configure(first, auth="iam", sandbox=False, **everything.EDGES["rest"])
    first.invoke("deploy-all")
    made = System(first)
    yield made
    made.close()


def test_the_deployment_is_green_at_every_address(checkout: Checkout, system: System) -> None:
    passed, skipped = gate(checkout)
    assert passed > 10
    assert skipped == 0
    assert last_report(checkout).urls["domain_url"] == f"https://{everything.DOMAIN}"


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


def test_a_second_run_would_change_nothing(checkout: Checkout, system: System) -> None:
    """What only the REST edge has, its clients' keys too; the rest was run again on HTTP."""
    told = json.loads(invoke(checkout, "preview", "api", "--json").stdout)
    assert {step["op"] for step in told["steps"]} <= QUIET


def test_a_refresh_finds_the_cloud_as_the_state_says(checkout: Checkout, system: System) -> None:
    before = inventory(checkout)
    for layer in checkout.layers():
        checkout.invoke("refresh", layer)
        assert not {op for op in operations(checkout) if op not in QUIET and "refresh" not in op}
    checkout.invoke("deploy-all")
    assert operations(checkout) <= QUIET
    assert inventory(checkout) == before


@pytest.mark.parametrize("command", [["deploy-all"], ["up", "network-security"]])
def test_the_vpc_does_not_go_under_the_functions(
    checkout: Checkout, system: System, command: list[str]
) -> None:
    runs = len(checkout.reports())
    checkout.configure("network-security", {"network-security:vpc_enabled": False})
    told = invoke(checkout, *command, code=1).stderr
    checkout.configure("network-security", {"network-security:vpc_enabled": True})
    assert told.startswith("network-security:vpc_enabled is false")
    assert "Run first: ./invoke config.set compute in_vpc --value false, then: " in told
    assert told.endswith(f"./invoke up compute, then: ./invoke {' '.join(command)}\n")
    assert len(checkout.reports()) == runs, "nothing was begun"


def test_the_vpc_goes_after_the_functions_have_left_it(checkout: Checkout, system: System) -> None:
    checkout.configure("compute", {"compute:in_vpc": False})
    checkout.invoke("up", "compute")
    checkout.configure("network-security", {"network-security:vpc_enabled": False})
    configure(checkout, **everything.EDGES["http"])
    checkout.invoke("deploy-all")
    assert gate(checkout)[1] == 0
    kinds = ("VPC", "subnet", "security group", "route table")
    assert not [item for item in leftover(checkout) if any(f" ec2 {k}" in item for k in kinds)]


def test_the_changed_edge_leaves_nothing_of_the_old_one(checkout: Checkout) -> None:
    assert kinds(checkout) == {"apigatewayv2"}
    assert [name for name in leftover(checkout) if name.startswith("REST API")] == []
    assert watched(checkout) == {"ApiId", "Stage"}


def test_wrong_combinations_are_one_sentence_and_change_nothing(checkout: Checkout) -> None:
    before = checkout.resources("api")
    for wrong, words in (
        ({"auth": "none", "sandbox": False}, "sandbox true with auth none"),
        ({"auth": "jwt", "edge": "rest"}, "edge http with auth jwt"),
        ({"auth": "jwt", "edge": "http", "jwt_audience": ""}, "both jwt_issuer and jwt_audience"),
        ({"jwt_audience": "us", "jwt_issuer": "http://id.example"}, "a jwt_issuer by https"),
    ):
        configure(checkout, **wrong)
        refused = invoke(checkout, "up", "api", code=1)
        assert "Traceback" not in refused.stdout + refused.stderr
        assert words in refused.stdout + refused.stderr
    assert checkout.resources("api") == before
    configure(checkout, edge="http", auth="iam", jwt_issuer="", jwt_audience="")


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
