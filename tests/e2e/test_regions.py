"""One environment in two regions, from the command that adds the second to nothing left in either.

Each test goes on where the last one ended.
"""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest
import requests
import yaml

from orchestrator.reports.report import Report
from tests.checkout import Checkout
from tests.e2e.account import leftover
from tests.patience import PATIENCE

HOME, WEST = "us-east-1", "us-west-2"
FURTHER = f"local-{WEST}"
QUIET = {"same", "read"}


def last_report(checkout: Checkout) -> Report:
    return Report.model_validate(checkout.reports()[-1])


def changed(report: Report) -> list[str]:
    return [
        f"{stack.layer} ({stack.stack}) {op}"
        for stack in report.stacks
        for op, count in stack.changes.items()
        if op not in QUIET and count
    ]


def tell_data(checkout: Checkout, **settings: object) -> None:
    """Set what the home stack of layer data is told; None takes it away."""
    file = checkout.root / "stacks" / "data" / "Pulumi.local.yaml"
    content = yaml.safe_load(file.read_text())
    for name, value in settings.items():
        if value is None:
            del content["config"][f"data:{name}"]
        else:
            content["config"][f"data:{name}"] = value
    file.write_text(yaml.safe_dump(content))


@pytest.fixture(scope="module")
def first_run(checkout: Checkout) -> Report:
    """The first deploy-all of a fresh checkout that has been given a second region."""
    checkout.invoke("region.add", WEST)
    checkout.invoke("deploy-all")
    return last_report(checkout)


@pytest.fixture(scope="module")
def outputs(checkout: Checkout, first_run: Report) -> dict[str, dict[str, dict[str, Any]]]:
    """Region → layer → outputs."""
    home = checkout.json("outputs")
    return {HOME: home, **home.pop("regions")}


def test_a_region_that_is_not_allowed_is_refused_before_there_is_anything(
    checkout: Checkout,
) -> None:
    refused = checkout.invoke("region.add", "eu-west-1", code=1)
    assert "eu-west-1 is not one of network-security:allowed_regions" in refused.stderr
    assert not list(checkout.root.glob("stacks/*/Pulumi.*eu-west-1.yaml"))
    file = checkout.root / "stacks" / "observability" / "Pulumi.local-eu-west-1.yaml"
    file.write_text("config:\n  aws:region: eu-west-1\n")
    refused = checkout.invoke("deploy-all", code=1)
    assert "eu-west-1 is not one of observability:allowed_regions" in refused.stderr
    assert not list(checkout.home.glob("backend/.pulumi/stacks/*/*.json"))
    file.unlink()


def test_one_command_deploys_every_layer_in_both_regions_and_tries_them(
    checkout: Checkout, first_run: Report
) -> None:
    stacks = {(stack.layer, stack.stack) for stack in first_run.stacks}
    names = ("local", FURTHER)
    assert stacks == {(layer, name) for layer in checkout.layers() for name in names}
    assert all(stack.changes.get("create") for stack in first_run.stacks)
    assert first_run.ok
    assert first_run.gate is not None
    checkout.invoke("smoke", "--region", WEST)
    alone = last_report(checkout)
    assert alone.gate is not None
    assert alone.ok
    assert first_run.gate.passed == 2 * alone.gate.passed > 0


def test_both_regions_answer_for_themselves(checkout: Checkout, first_run: Report) -> None:
    for name, region in (("health_url", HOME), (f"health_url ({WEST})", WEST)):
        health = requests.get(first_run.urls[name], timeout=PATIENCE)
        assert health.status_code == 200
        info = requests.get(
            first_run.urls[name].replace("/health", "/info"), timeout=PATIENCE
        ).json()
        assert (info["environment"], info["region"]) == ("local", region)


def test_outputs_are_told_per_region_and_lie_in_it(
    outputs: dict[str, dict[str, dict[str, Any]]],
) -> None:
    for region, layers in outputs.items():
        arns = [
            *layers["compute"]["function_arns"].values(),
            *layers["data"]["table_arns"].values(),
            layers["network-security"]["data_key_arn"],
            layers["observability"]["topic_arn"],
        ]
        assert {arn.split(":")[3] for arn in arns} == {region}
    for layer, kind in (("data", "bucket_names"), ("data", "table_names")):
        assert not set(outputs[HOME][layer][kind].values()) & set(
            outputs[WEST][layer][kind].values()
        )


def test_one_region_may_be_asked_for_alone(
    checkout: Checkout, outputs: dict[str, dict[str, dict[str, Any]]]
) -> None:
    assert checkout.json("outputs", "--region", WEST) == outputs[WEST]
    data = checkout.json("outputs", "--layer", "data", "--region", WEST)
    assert data == outputs[WEST]["data"]
    rows = checkout.json("status", "--region", WEST)["stacks"]
    assert {(row["stack"], row["deployed"]) for row in rows} == {(FURTHER, True)}
    checkout.invoke("up", "data", "--region", WEST)
    assert [stack.stack for stack in last_report(checkout).stacks] == [FURTHER]


def test_every_regional_thing_is_there_twice_and_nothing_collides(checkout: Checkout) -> None:
    regions = Counter(name.split(" ")[0] for name in leftover(checkout))
    assert regions[HOME] == regions[WEST] > 50


def test_the_log_of_a_functions_region_is_shown(checkout: Checkout, first_run: Report) -> None:
    correlation_id = f"west-{uuid.uuid4().hex}"
    requests.get(
        first_run.urls[f"health_url ({WEST})"],
        headers={"X-Correlation-Id": correlation_id},
        timeout=PATIENCE,
    )
    arguments = ["logs", "status", "--no-follow", "--correlation-id", correlation_id]
    assert correlation_id in checkout.invoke(*arguments, "--region", WEST).stdout
    assert correlation_id not in checkout.invoke(*arguments).stdout


def test_a_second_run_changes_nothing_in_either_region(
    checkout: Checkout, first_run: Report
) -> None:
    before = leftover(checkout)
    checkout.invoke("deploy-all")
    assert changed(last_report(checkout)) == []
    assert leftover(checkout) == before


def test_records_are_copied_under_the_other_regions_key(
    checkout: Checkout, outputs: dict[str, dict[str, dict[str, Any]]]
) -> None:
    tell_data(checkout, replica_regions=[WEST])
    checkout.invoke("up", "data")
    assert changed(last_report(checkout)) == ["data (local) update"]
    name = outputs[HOME]["data"]["table_names"]["records"]
    item = {"symbol": {"S": "COPY"}, "timestamp": {"S": "2026-01-01T00:00:00Z"}}
    checkout.client("dynamodb", HOME).put_item(TableName=name, Item=item)
    copy = checkout.client("dynamodb", WEST)
    assert copy.get_item(TableName=name, Key=item, ConsistentRead=True)["Item"] == item
    state = checkout.home / "backend/.pulumi/stacks/data/local.json"
    assert outputs[WEST]["network-security"]["data_key_arn"] in state.read_text()
    checkout.invoke("refresh", "data")
    checkout.invoke("up", "data")
    assert changed(last_report(checkout)) == []


def test_a_region_that_keeps_a_copy_is_not_left(checkout: Checkout) -> None:
    before = leftover(checkout)
    refused = checkout.invoke("destroy-all", "--region", WEST, "--yes", code=1)
    assert "take us-west-2 out of data:replica_regions" in refused.stderr
    assert leftover(checkout) == before


def test_without_copies_one_region_goes_and_the_other_stays(
    checkout: Checkout, outputs: dict[str, dict[str, dict[str, Any]]]
) -> None:
    tell_data(checkout, replica_regions=None)
    checkout.invoke("up", "data")
    name = outputs[HOME]["data"]["table_names"]["records"]
    assert name not in checkout.client("dynamodb", WEST).list_tables()["TableNames"]
    checkout.invoke("destroy-all", "--region", WEST, "--yes")
    assert not [thing for thing in leftover(checkout) if thing.startswith(WEST)]
    checkout.invoke("smoke", "--region", HOME)
    checkout.invoke("deploy-all")  # and it comes again
    assert last_report(checkout).ok


def test_destroying_all_leaves_nothing_in_either_region(checkout: Checkout) -> None:
    tell_data(checkout, replica_regions=[WEST])
    checkout.invoke("up", "data")
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []
    checkout.invoke("region.remove", WEST)
    assert not list(checkout.root.glob(f"stacks/*/Pulumi.{FURTHER}.yaml"))
    assert {row["stack"] for row in checkout.json("status")["stacks"]} == {"local"}
