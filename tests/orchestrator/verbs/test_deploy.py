from __future__ import annotations

from pathlib import Path
from threading import Event as Flag

import pytest

from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import OnEvent
from orchestrator.errors import DeployFailed, GateFailed, Interrupted, UpstreamMissing
from orchestrator.verbs.deploy import deploy_all, up
from tests.orchestrator.conftest import write_stack_file
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.verbs.conftest import LAYERS, ctrl_c_too_late, dev, fail, smoke_tests

UPS = [f"up {layer} (dev)" for layer in LAYERS]


def tried(region: str) -> str:
    return f"try {sorted(LAYERS)} in dev {region}"


def test_everything_is_deployed_tried_out_and_its_urls_are_shown(
    checkout: Path,
    clouds: FakeClouds,
    fake: FakeDeployer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake.becomes = {"api": {"base_url": "https://a", "health_url": "https://d", "stage": "live"}}
    smoke_tests(
        checkout,
        "import json, os\n"
        "def test_it():\n"
        "    facts = json.load(open(os.environ['MICROSTACK_DEPLOYED']))\n"
        "    assert (facts['environment'], facts['region']) == ('dev', 'us-east-1')\n"
        "    assert facts['outputs']['api']['base_url'] == 'https://a'\n"
        f"    assert sorted(facts['outputs']) == {sorted(LAYERS)}\n",
    )
    deploy_all(dev(checkout))
    assert fake.calls == UPS
    printed = capsys.readouterr()
    assert printed.out == "base_url: https://a\nhealth_url: https://d\n"
    assert "smoke tests: 1 passed, 0 failed" in printed.err


def test_a_red_gate_is_the_error_and_no_url_is_shown(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    smoke_tests(checkout, "def test_it():\n    assert not 1\n")
    fake.becomes = {"api": {"base_url": "https://a"}}
    with pytest.raises(GateFailed, match=r"test_it: assert not 1\n.*: \./invoke smoke --env dev$"):
        deploy_all(dev(checkout))
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("suite", "clouds")
def test_smoke_tests_get_ready_beside_the_last_stack_and_no_earlier(
    checkout: Path, fake: FakeDeployer
) -> None:
    deploy_all(dev(checkout))
    assert fake.calls == [*UPS[:-1], "warm", UPS[-1], tried("us-east-1"), "end of the suite"]


@pytest.mark.usefixtures("suite", "clouds")
def test_a_reader_does_not_start_while_its_upstream_is_being_deployed(
    checkout: Path, fake: FakeDeployer
) -> None:
    seen: list[bool] = []

    def look(stack: Stack, on_event: OnEvent, cancel: Flag) -> None:
        seen.append("data (dev)" in fake.standing)

    fake.acts = {"compute": look}
    deploy_all(dev(checkout))
    assert seen == [True]


@pytest.mark.usefixtures("suite", "clouds")
def test_what_failed_is_not_tried_out(checkout: Path, fake: FakeDeployer) -> None:
    fake.acts = {"data": fail}
    with pytest.raises(DeployFailed, match=r"^Failed: data \(dev\)\. .*: \./invoke deploy-all"):
        deploy_all(dev(checkout))
    assert fake.calls == [*UPS[:2], "end of the suite"]


@pytest.mark.usefixtures("suite", "clouds")
def test_what_was_interrupted_is_not_tried_out_though_all_is_deployed(
    checkout: Path, fake: FakeDeployer
) -> None:
    fake.acts = {"api": ctrl_c_too_late}
    with pytest.raises(Interrupted):
        deploy_all(dev(checkout))
    assert fake.calls == [*UPS[:-1], "warm", UPS[-1], "end of the suite"]


@pytest.mark.usefixtures("suite", "clouds")
def test_each_region_has_a_gate_and_urls_of_its_own(
    checkout: Path, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    for layer in LAYERS:
        write_stack_file(checkout, layer, "dev-us-west-2", "aws:region: us-west-2")
    fake.becomes = {
        "api (dev)": {"base_url": "https://east"},
        "api (dev-us-west-2)": {"base_url": "https://west"},
    }
    deploy_all(dev(checkout))
    assert fake.calls[-3:] == [tried("us-east-1"), tried("us-west-2"), "end of the suite"]
    printed = capsys.readouterr()
    assert printed.out == "base_url: https://east\nbase_url (us-west-2): https://west\n"
    assert "smoke tests in us-west-2 …" in printed.err


@pytest.mark.usefixtures("suite", "clouds")
def test_a_region_with_some_of_the_layers_is_deployed_and_not_tried_out(
    checkout: Path, fake: FakeDeployer
) -> None:
    write_stack_file(checkout, "network", "dev-us-west-2", "aws:region: us-west-2")
    deploy_all(dev(checkout, region="us-west-2"))
    assert fake.calls == ["warm", "up network (dev-us-west-2)", "end of the suite"]


def test_one_layer_is_deployed_over_its_upstreams(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.standing = {"network"}
    up(dev(checkout, "data"))
    assert fake.calls == ["up data (dev)"]


def test_all_regions_of_a_layer_may_be_deployed_at_once(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    write_stack_file(checkout, "network", "dev-us-west-2", "aws:region: us-west-2")
    fake.acts = {"network (dev)": fail}
    with pytest.raises(DeployFailed):
        up(dev(checkout, "network"))
    assert "network (dev-us-west-2)" in fake.standing


def test_what_misses_an_upstream_changes_nothing(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.standing = {"network", "compute"}
    with pytest.raises(UpstreamMissing, match=r"Run first: \./invoke up data --env dev$"):
        up(dev(checkout, "compute"))
    assert fake.calls == []


def test_who_reads_what_has_changed_is_named_with_the_command(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    reads = {"contract": {"reads": {"data": ["table", "bucket"]}}}
    fake.standing = {"network"}
    fake.published = {"data (dev)": {"table": "t-1", "bucket": "b"}, "compute": reads}
    fake.becomes = {"data": {"table": "t-2", "bucket": "b"}}
    up(dev(checkout, "data"))
    assert (
        "compute (dev) still uses the former table. Next: ./invoke up compute --env dev\n"
    ) in capsys.readouterr().err


def test_nobody_is_named_when_nothing_that_is_read_has_changed(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    reads = {"contract": {"reads": {"data": ["table"]}}}
    fake.standing = {"network"}
    fake.published = {"data (dev)": {"table": "t-1", "bucket": "b-1"}, "compute": reads}
    fake.becomes = {"data": {"table": "t-1", "bucket": "b-2"}}
    up(dev(checkout, "data"))
    assert "Next:" not in capsys.readouterr().err
