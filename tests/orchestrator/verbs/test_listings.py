from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.verbs import listings

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + "signing-" * 12
ROW = {
    "layer": "network-security",
    "reads": [],
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
