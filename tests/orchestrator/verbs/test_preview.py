from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.errors import DeployFailed, Interrupted, UpstreamMissing
from orchestrator.verbs.preview import preview
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.verbs.conftest import ctrl_c_too_late, dev, fail


def test_a_preview_shows_what_would_be_done_and_does_nothing(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    preview(dev(checkout, "network"))
    assert fake.calls == ["preview network (dev)"]
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("+ create t thing (acl)") == 1  # when it ended, not when it began
    assert "1 to create" in printed.err


def test_json_is_the_report_with_each_change_and_all_that_is_on_standard_output(
    checkout: Path, clouds: FakeClouds, capsys: pytest.CaptureFixture[str]
) -> None:
    preview(dev(checkout, "network"), as_json=True)
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["command"] == "preview network"
    assert found["seconds"] > 0
    assert found["stacks"][0]["changes"] == {"create": 1}
    urn = "urn:pulumi:dev::network::aws:s3/bucket:Bucket::thing"
    assert found["steps"] == [{"urn": urn, "type": "t", "op": "create", "diff": ["acl"]}]
    assert "+ create" not in printed.err


def test_what_up_would_refuse_is_refused(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    with pytest.raises(UpstreamMissing):
        preview(dev(checkout, "data"))
    assert fake.calls == []


def test_json_is_there_when_the_preview_fails(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.acts = {"network": fail}
    with pytest.raises(DeployFailed, match=r": \./invoke preview network --env dev$"):
        preview(dev(checkout, "network"), as_json=True)
    assert json.loads(capsys.readouterr().out)["stacks"][0]["message"] == "the bucket is taken"


def test_ctrl_c_ends_a_preview(checkout: Path, clouds: FakeClouds, fake: FakeDeployer) -> None:
    fake.acts = {"network": ctrl_c_too_late}
    with pytest.raises(Interrupted):
        preview(dev(checkout, "network"))
