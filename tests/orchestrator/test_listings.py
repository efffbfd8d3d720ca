from __future__ import annotations

import pytest

from orchestrator import listings
from orchestrator.stacks import Environment

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


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_an_output_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    listings._print_outputs({"network-security": {"secret_arn": ARN, "names": {"a": "[b]"}}})
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["network-security", f"  secret_arn = {ARN}", "  names.a = [b]"]


def test_the_status_fits_into_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    reader = {**ROW, "layer": "observability", "reads": ["api", "compute", "network-security"]}
    listings._print_status(Environment.LOCAL, [ROW, reader])
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "2026-01-02 03:04 succeeded" in shown
    assert "not emulated in network-security: Group requests" in shown
