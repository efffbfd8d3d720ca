from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.errors import UpstreamMissing
from orchestrator.live.deployed_stack import DeployedStack
from orchestrator.verbs import listings
from tests.orchestrator.conftest import write_stack_file
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.verbs.conftest import dev

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + "signing-" * 12
ROW = {
    "layer": "network-security",
    "reads": [],
    "hidden_reads": [],
    "resources": 13,
    "deployed": True,
    "updated": "2026-01-02T03:04:05+00:00",
    "result": "succeeded",
    "not_emulated": ["urn:pulumi:local::x::aws:xray/group:Group::requests"],
}


LAYERS = [Layer(name, Path(name), frozenset()) for name in ("data", "api")]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_an_output_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    listings._print_outputs({"network-security": {"secret_arn": ARN, "names": {"a": "[b]"}}})
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["network-security", f"  secret_arn = {ARN}", "  names.a = [b]"]


def test_what_is_not_deployed_differs_from_what_publishes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    listings._print_outputs({"data": {}, "api": None})
    assert capsys.readouterr().out.splitlines() == ["data: no outputs", "api: not deployed"]


def test_the_status_fits_into_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    reader = {**ROW, "layer": "observability", "reads": ["api", "compute", "network-security"]}
    listings._print_status("local", [ROW, reader])
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "2026-01-02 03:04 succeeded" in shown
    assert "not emulated in network-security: Group requests" in shown


def test_json_has_the_first_region_by_layer_and_the_others_under_regions() -> None:
    found = {
        Stack(layer, Environment.LOCAL, region): f"{layer.name} in {region}"
        for layer in LAYERS
        for region in ("us-east-1", "us-west-2")
    }
    assert listings.first_region(found) == {"data": "data in us-east-1", "api": "api in us-east-1"}
    assert listings.further_regions(found) == {
        "regions": {"us-west-2": {"data": "data in us-west-2", "api": "api in us-west-2"}}
    }


def test_json_of_one_region_is_as_it_always_was() -> None:
    found = {Stack(layer, Environment.LOCAL, "us-west-2"): layer.name for layer in LAYERS}
    assert listings.first_region(found) == {"data": "data", "api": "api"}
    assert listings.further_regions(found) == {}


WEST = "dev-us-west-2"


@pytest.fixture
def live(checkout: Path, clouds: FakeClouds, fake: FakeDeployer) -> Path:
    """Network stands in two regions, data at home, and api without outputs."""
    for layer in ("network", "data"):
        write_stack_file(checkout, layer, WEST, "aws:region: us-west-2")
    fake.standing = {"network", "data (dev)", "api"}
    fake.published = {
        "network (dev)": {"vpc": "v-1"},
        f"network ({WEST})": {"vpc": "v-2"},
        "data (dev)": {"table": "t"},
    }
    return checkout


def test_outputs_of_all_layers_tell_what_is_not_deployed_from_what_publishes_nothing(
    live: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listings.outputs(dev(live))
    assert capsys.readouterr().out.splitlines() == [
        "network", "  vpc = v-1",
        f"network ({WEST})", "  vpc = v-2",
        "data", "  table = t",
        f"data ({WEST}): not deployed",
        "compute: not deployed",
        "api: no outputs",
    ]  # fmt: skip


def test_json_of_all_layers_is_by_layer(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listings.outputs(dev(live), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "network": {"vpc": "v-1"},
        "data": {"table": "t"},
        "compute": {},
        "api": {},
        "regions": {"us-west-2": {"network": {"vpc": "v-2"}, "data": {}}},
    }


def test_json_of_one_layer_is_its_outputs(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listings.outputs(dev(live, "network"), as_json=True)
    both = {"vpc": "v-1", "regions": {"us-west-2": {"vpc": "v-2"}}}
    assert json.loads(capsys.readouterr().out) == both
    listings.outputs(dev(live, "network", "us-west-2"), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"vpc": "v-2"}


def test_a_layer_that_was_asked_for_must_be_deployed(live: Path) -> None:
    with pytest.raises(UpstreamMissing, match=r"compute \(dev\) .*: \./invoke up compute --env d"):
        listings.outputs(dev(live, "compute"))
    with pytest.raises(UpstreamMissing, match=r"\./invoke up data --env dev --region us-west-2$"):
        listings.outputs(dev(live, "data", "us-west-2"))
    listings.outputs(dev(live, "api"))  # deployed, with nothing to publish


def test_what_only_shows_starts_no_local_aws(live: Path, clouds: FakeClouds) -> None:
    listings.outputs(dev(live))
    listings.status(dev(live))
    assert [how for _, how in clouds.opened] == [{"start": False}] * 2
    assert clouds.deployer.closed == 2
    assert clouds.deployer.calls == []


def test_status_shows_each_region_with_what_stands(
    live: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listings.status(dev(live))
    home, _, west = capsys.readouterr().out.partition(f"layers in {WEST}")
    assert "layers in dev" in home
    rows = {cells[0]: cells[1:] for cells in cells_of(home)}
    assert rows["network"] == ["1", "2026-01-02 03:04 succeeded", "·"]
    assert rows["compute"] == ["not deployed", "2026-01-02 03:04 succeeded", "data, network"]
    assert [cells[:2] for cells in cells_of(west)][1:] == [
        ["network", "1"],
        ["data", "not deployed"],
    ]


def cells_of(table: str) -> list[list[str]]:
    lines = [line.replace("┃", "│") for line in table.splitlines()]
    return [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]


def test_json_of_the_status_has_every_stack(live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listings.status(dev(live), as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["environment"] == "dev"
    names = [(row["layer"], row["stack"]) for row in found["stacks"]]
    assert names[:3] == [("network", "dev"), ("network", WEST), ("data", "dev")]
    assert found["stacks"][-1] == {
        "layer": "api",
        "stack": "dev",
        "reads": ["compute"],
        "hidden_reads": [],
        "resources": 1,
        "deployed": True,
        "updated": "2026-01-02T03:04:05+00:00",
        "result": "succeeded",
        "not_emulated": ["urn::aws:xray/group:Group::api"],
    }


def test_status_shows_what_lives_without_a_folder_and_what_other_source_reads(
    live: Path, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.published["api"] = {"contract": {"reads": {"compute": [], "network": ["vpc"]}}}
    fake.without_folder.append(DeployedStack("search", "dev", resources=2))
    listings.status(dev(live))
    shown = capsys.readouterr().out
    assert "api is deployed from other source, which reads network\n" in shown
    assert shown.endswith(
        "search (dev) is deployed (2 AWS resources), and no folder of this checkout makes it. Check"
        " out what has stacks/search; to remove it, there: ./invoke destroy search --env dev\n"
    )
    listings.status(dev(live), as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["stacks"][-1]["hidden_reads"] == ["network"]
    assert found["without_folder"] == [{"layer": "search", "stack": "dev", "resources": 2}]


def test_what_was_never_touched_has_no_last_operation(capsys: pytest.CaptureFixture[str]) -> None:
    nothing = {"deployed": False, "updated": "", "result": "", "not_emulated": []}
    listings._print_status("dev", [{**ROW, **nothing}])
    shown = capsys.readouterr().out
    (_, cells) = cells_of(shown)
    assert cells == ["network-security", "not deployed", "·", "·"]
    assert "not emulated" not in shown
