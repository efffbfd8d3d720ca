from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import DeployFailed, Interrupted
from orchestrator.verbs.refresh import refresh
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer
from tests.orchestrator.verbs.conftest import ctrl_c_too_late, dev, fail


def test_one_layer_is_refreshed_whatever_it_reads(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer, capsys: pytest.CaptureFixture[str]
) -> None:
    refresh(dev(checkout, "data"))  # network does not stand: no program runs that would need it
    assert fake.calls == ["refresh data (dev)"]
    assert "✓ data" in capsys.readouterr().err


def test_a_failed_refresh_names_the_command(
    checkout: Path, clouds: FakeClouds, fake: FakeDeployer
) -> None:
    fake.acts = {"data": fail}
    with pytest.raises(DeployFailed, match=r"^Failed: data .*: \./invoke refresh data --env dev$"):
        refresh(dev(checkout, "data"))


def test_ctrl_c_ends_a_refresh(checkout: Path, clouds: FakeClouds, fake: FakeDeployer) -> None:
    fake.acts = {"data": ctrl_c_too_late}
    with pytest.raises(Interrupted):
        refresh(dev(checkout, "data"))
