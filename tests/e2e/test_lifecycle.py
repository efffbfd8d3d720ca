"""From a fresh checkout to a live system and back; each test goes on where the last one ended."""

from __future__ import annotations

import pytest
import requests

from orchestrator.reports.report import Report
from tests.checkout import Checkout
from tests.e2e.account import inventory, leftover
from tests.patience import PATIENCE

QUIET = {"same", "read"}
State = dict[str, dict[str, str]]


def state(checkout: Checkout) -> State:
    """Layer → URN → id."""
    return {layer: checkout.resources(layer) for layer in checkout.layers()}


def last_report(checkout: Checkout) -> Report:
    return Report.model_validate(checkout.reports()[-1])


def changed(report: Report) -> dict[str, int]:
    """What was done, `<layer> <operation>` → how often; nothing if all was as it should be."""
    return {
        f"{stack.layer} {op}": count
        for stack in report.stacks
        for op, count in stack.changes.items()
        if op not in QUIET and count
    }


@pytest.fixture(scope="module")
def first_run(checkout: Checkout) -> str:
    """What the first deploy-all of the fresh checkout printed on standard output."""
    assert not checkout.home.exists()
    return checkout.invoke("deploy-all").stdout


@pytest.fixture(scope="module")
def first_state(checkout: Checkout, first_run: str) -> State:
    return state(checkout)


def test_one_command_deploys_every_layer_and_its_smoke_tests_are_green(
    checkout: Checkout, first_run: str
) -> None:
    report = last_report(checkout)
    assert {stack.layer for stack in report.stacks} == set(checkout.layers())
    assert all(stack.changes.get("create") for stack in report.stacks)
    assert report.ok
    assert report.gate is not None
    assert report.gate.passed > 0
    assert report.gate.skipped == 0


def test_the_live_urls_are_printed_and_answer(checkout: Checkout, first_run: str) -> None:
    urls = last_report(checkout).urls
    assert urls
    assert all(url in first_run for url in urls.values())
    base = urls["base_url"].rstrip("/")
    assert requests.get(f"{base}/health", timeout=PATIENCE).status_code == 200


def test_a_layer_is_deployed_before_what_reads_it(checkout: Checkout, first_run: str) -> None:
    order = [stack.layer for stack in last_report(checkout).stacks]
    for row in checkout.json("status")["stacks"]:
        assert all(order.index(read) < order.index(row["layer"]) for read in row["reads"])


def test_a_second_run_changes_nothing(checkout: Checkout, first_state: State) -> None:
    before = inventory(checkout)
    checkout.invoke("deploy-all")
    report = last_report(checkout)
    assert changed(report) == {}
    assert all(stack.changes["same"] for stack in report.stacks)
    assert state(checkout) == first_state
    assert inventory(checkout) == before


def test_a_refresh_finds_the_cloud_as_the_state_says(
    checkout: Checkout, first_state: State
) -> None:
    for layer in checkout.layers():
        checkout.invoke("refresh", layer)
        assert not {op for op in changed(last_report(checkout)) if "refresh" not in op}
    assert state(checkout) == first_state


def test_status_json_says_that_every_layer_is_deployed(
    checkout: Checkout, first_state: State
) -> None:
    found = checkout.json("status")
    assert found["environment"] == "local"
    rows = {row["layer"]: row for row in found["stacks"]}
    assert set(rows) == set(first_state)
    for layer, row in rows.items():
        assert row["deployed"], layer
        assert row["result"] == "succeeded"
        assert 0 < row["resources"] <= len(first_state[layer])


def test_outputs_json_are_what_the_contracts_promise(
    checkout: Checkout, first_state: State
) -> None:
    everything = checkout.json("outputs")
    assert set(everything) == set(first_state)
    for layer, outputs in everything.items():
        assert outputs["contract"]["layer"] == layer
    assert checkout.json("outputs", "--layer", "data") == everything["data"]


def test_preview_json_shows_no_changes(checkout: Checkout, first_state: State) -> None:
    found = checkout.json("preview", "data")
    assert {step["op"] for step in found["steps"]} <= QUIET
    assert {step["urn"] for step in found["steps"]} >= {
        urn for urn, id_ in first_state["data"].items() if id_ and "pulumi:" not in urn
    }


def test_one_layer_can_be_deployed_alone(checkout: Checkout, first_state: State) -> None:
    checkout.invoke("up", "data")
    report = last_report(checkout)
    assert [stack.layer for stack in report.stacks] == ["data"]
    assert changed(report) == {}
    assert state(checkout) == first_state


def test_smoke_runs_alone(checkout: Checkout, first_state: State) -> None:
    checkout.invoke("smoke")
    report = last_report(checkout)
    assert report.gate is not None
    assert report.gate.passed > 0
    assert report.ok


def test_what_a_live_layer_reads_is_not_destroyed(checkout: Checkout, first_state: State) -> None:
    refused = checkout.invoke("destroy", "network-security", "--yes", code=1)
    last = refused.stderr.strip().splitlines()[-1]
    assert "reads network-security" in last
    assert "./invoke destroy " in last
    assert state(checkout) == first_state


def test_a_live_reader_holds_its_upstream_though_the_source_here_hides_it(
    checkout: Checkout, first_state: State
) -> None:
    program = checkout.root / "stacks" / "observability" / "__main__.py"
    shown = program.read_text()
    program.write_text(shown.replace("contracts.Api.read()", "read_elsewhere()"))
    try:
        refused = checkout.invoke("destroy", "api", "--yes", code=1).stderr
        status = checkout.invoke("status").stdout
    finally:
        program.write_text(shown)
    assert "Layer observability (reliability-team) is deployed and reads api (" in refused
    assert "the source here does not show it" in refused
    assert "observability is deployed from other source, which reads api" in status
    assert state(checkout) == first_state


def test_a_live_layer_without_its_folder_holds_what_it_reads(
    checkout: Checkout, first_state: State
) -> None:
    folder, aside = checkout.root / "stacks" / "observability", checkout.root / "aside"
    folder.rename(aside)
    try:
        refused = checkout.invoke("destroy-all", "--yes", code=1).stderr
        status = checkout.invoke("status").stdout
    finally:
        aside.rename(folder)
    assert (
        "observability (local) (reliability-team) is deployed and reads network-security ("
        in refused
    )
    assert "observability (local) is deployed" in status
    assert state(checkout) == first_state


def test_a_missing_upstream_is_named_with_the_command_that_deploys_it(
    checkout: Checkout, first_state: State
) -> None:
    for layer in ("observability", "api", "compute"):
        checkout.invoke("destroy", layer, "--yes")
    refused = checkout.invoke("up", "api", code=1)
    last = refused.stderr.strip().splitlines()[-1]
    assert "compute" in last
    assert "./invoke up compute" in last
    assert not checkout.resources("api")


def test_after_destroy_all_nothing_is_left_in_the_account(
    checkout: Checkout, first_state: State
) -> None:
    assert leftover(checkout)
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []
    assert not any(state(checkout).values())


def test_destroying_nothing_is_no_error(checkout: Checkout, first_state: State) -> None:
    checkout.invoke("destroy-all", "--yes")
    assert changed(last_report(checkout)) == {}
    assert leftover(checkout) == []


def test_all_can_be_deployed_again_and_destroyed_again(
    checkout: Checkout, first_state: State
) -> None:
    checkout.invoke("deploy-all")
    again = {layer: set(found) for layer, found in state(checkout).items()}
    assert again == {layer: set(found) for layer, found in first_state.items()}
    checkout.invoke("destroy-all", "--yes")
    assert leftover(checkout) == []


def test_a_stopped_emulator_keeps_what_is_deployed(checkout: Checkout, first_state: State) -> None:
    checkout.invoke("up", "network-security")
    before, address = inventory(checkout), checkout.exports()["AWS_ENDPOINT_URL"]
    checkout.invoke("emulator.stop")
    assert checkout.json("status")["stacks"][0]["resources"]
    assert checkout.json("outputs")["network-security"]
    assert not checkout.json("emulator.status")["running"], "looking must not start it"
    checkout.invoke("up", "network-security")
    assert changed(last_report(checkout)) == {}
    assert checkout.exports()["AWS_ENDPOINT_URL"] == address
    assert inventory(checkout) == before
