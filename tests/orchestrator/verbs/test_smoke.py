from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import GateFailed, RunInProgress, UpstreamMissing, UsageError
from orchestrator.verbs import smoke as verb
from tests.orchestrator.conftest import write_stack_file
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.runs.test_session import another_run
from tests.orchestrator.verbs.conftest import LAYERS, dev, smoke_tests


@pytest.mark.usefixtures("suite", "clouds")
def test_what_stands_is_tried_out_and_left_as_it_is(
    checkout: Path, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.standing = {*LAYERS}
    verb.run_smoke(dev(checkout))
    assert fake.calls == [f"try {sorted(LAYERS)} in dev us-east-1", "end of the suite"]
    assert "smoke tests: 1 passed, 0 failed" in capsys.readouterr().err


def test_a_red_gate_is_the_error(checkout: Path, clouds: FakeClouds, fake: FakeDeployer) -> None:
    smoke_tests(checkout, "def test_it():\n    assert not 1\n")
    fake.standing = {*LAYERS}
    with pytest.raises(GateFailed, match=r": \./invoke smoke --env dev$"):
        verb.run_smoke(dev(checkout))


@pytest.mark.parametrize("missing", LAYERS)
def test_every_layer_must_stand(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, missing: str
) -> None:
    fake.standing = {*LAYERS} - {missing}
    with pytest.raises(
        UpstreamMissing, match=rf"{missing} \(dev\) is not .*: \./invoke deploy-all --env dev$"
    ):
        verb.run_smoke(dev(checkout))


def test_a_region_with_some_of_the_layers_cannot_be_tried_out(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    write_stack_file(checkout, "network", "dev-us-west-2", "aws:region: us-west-2")
    fake.standing = {*LAYERS}
    with pytest.raises(UsageError, match="every layer, and us-west-2 has only some"):
        verb.run_smoke(dev(checkout, region="us-west-2"))


def test_nothing_else_may_go_on_meanwhile(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    with another_run(checkout), pytest.raises(RunInProgress):
        verb.run_smoke(dev(checkout))
