from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.checkout.target import Target
from orchestrator.deployers.base import OnEvent
from orchestrator.errors import (
    CloudMismatch,
    DeployFailed,
    Incomplete,
    Interrupted,
    RegionRefused,
    RunInProgress,
    SettingRefused,
    StillHeld,
    UnknownLayer,
    UpstreamMissing,
)
from orchestrator.reports.report import Report
from orchestrator.runs.run_lock import RunRecord, hold_run_lock
from orchestrator.runs.session import Session
from tests.orchestrator.conftest import write_stack_file
from tests.orchestrator.fake_deployer import FakeClouds, FakeDeployer, install
from tests.patience import PATIENCE

SECURITY = "network-security"


def dev(root: Path, layer: str = "", **more: str) -> Target:
    return Target(root=root, environment=Environment.DEV, layer=layer, **more)


def up(session: Session) -> Report:
    with session.open(runs=True) as cloud:
        return session.run(cloud.deployer, session.cancellable(cloud.deployer.up))


@contextmanager
def another_run(root: Path, environment: str = "dev") -> Iterator[None]:
    """A command over all layers of the environment is going on."""
    record = RunRecord(command="deploy-all", environment=environment, whole=True)
    with hold_run_lock(Target(root=root).workspace, record, again="./invoke deploy-all"):
        yield


def test_the_command_to_repeat_is_the_one_that_was_typed(checkout: Path) -> None:
    target = Target(root=checkout, environment=Environment.PROD, layer="data", deployer="cli")
    assert Session("up", target).again == "./invoke up data --env prod --deployer cli"
    assert Session("deploy-all", Target(root=checkout)).again == "./invoke deploy-all"


def test_a_layer_that_is_not_there_is_refused_before_anything_is_made(checkout: Path) -> None:
    with pytest.raises(UnknownLayer):
        Session("up", Target(root=checkout, layer="dta"))


def test_the_cloud_is_that_of_the_target_and_closed_at_the_end(
    checkout: Path, clouds: FakeClouds
) -> None:
    target = dev(checkout, "network")
    with Session("up", target).open(runs=True):
        assert clouds.deployer.closed == 0
    with pytest.raises(ZeroDivisionError), Session("refresh", target).open():
        raise ZeroDivisionError
    assert clouds.opened == [(target, {"runs": True}), (target, {"runs": False})]
    assert clouds.deployer.closed == 2


def test_a_person_sees_what_opening_takes(
    checkout: Path, clouds: FakeClouds, capsys: pytest.CaptureFixture[str]
) -> None:
    with Session("refresh", dev(checkout)).open():
        assert capsys.readouterr() == ("", "opened\n")


def test_a_message_is_one_line_however_long_to_be_copied(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + "signing-" * 20
    Session("up", dev(checkout)).message(f"{arn} is 1 of 2")
    assert capsys.readouterr() == ("", f"{arn} is 1 of 2\n")


@pytest.mark.parametrize(("layer", "whole"), [("", True), ("network", False)])
def test_a_run_is_on_record_while_it_goes_on(
    checkout: Path, clouds: FakeClouds, layer: str, whole: bool
) -> None:
    running = checkout / ".microstack" / "running"
    with Session("refresh", dev(checkout, layer)).open():
        (file,) = running.glob("*.json")
        assert json.loads(file.read_text()) == {
            "command": f"refresh {layer}".strip(),
            "environment": "dev",
            "whole": whole,
            "process": os.getpid(),
        }
    assert list(running.glob("*.json")) == []


def test_another_run_is_in_the_way_before_a_cloud_is_opened(
    checkout: Path, clouds: FakeClouds
) -> None:
    with (
        another_run(checkout),
        pytest.raises(RunInProgress, match=r"then: \./invoke up network --env dev$"),
        Session("up", dev(checkout, "network")).open(runs=True),
    ):
        pass
    assert clouds.opened == []


def test_a_preview_waits_for_nobody_and_is_in_nobody_s_way(
    checkout: Path, clouds: FakeClouds
) -> None:
    with another_run(checkout), Session("preview", dev(checkout, "network")).open(runs=True):
        pass
    with Session("preview", dev(checkout, "network")).open(runs=True), another_run(checkout):
        pass


def test_what_is_half_done_is_named_before_a_cloud_is_opened(
    checkout: Path, clouds: FakeClouds
) -> None:
    (checkout / "lambda_src").mkdir()  # with no function in it
    with (
        pytest.raises(Incomplete, match=r"^The checkout is half-done, so nothing was run:\n  "),
        Session("up", dev(checkout, "network")).open(runs=True),
    ):
        pass
    assert clouds.opened == []
    with Session("destroy-all", dev(checkout)).open():  # what stands must be able to go
        pass


def test_a_region_that_is_not_allowed_is_refused_before_a_cloud_is_opened(
    checkout: Path, clouds: FakeClouds
) -> None:
    write_stack_file(checkout, "network", "dev", "network:allowed_regions: [eu-west-1]")
    with pytest.raises(RegionRefused), Session("up", dev(checkout)).open(runs=True):
        pass
    assert clouds.opened == []
    with Session("destroy-all", dev(checkout)).open():  # what stands there must be able to go
        pass


def test_a_setting_that_no_program_takes_is_refused_before_one_runs(
    root: Path, clouds: FakeClouds
) -> None:
    write_stack_file(root, "data", "dev", "data:logs_expire_days: never")
    with (
        pytest.raises(SettingRefused, match="logs_expire_days"),
        Session("up", dev(root, "data")).open(runs=True),
    ):
        pass
    with Session("destroy", dev(root, "data")).open():
        pass
    assert clouds.deployer.closed == 2


def test_a_missing_upstream_is_refused_before_a_program_runs(
    checkout: Path, clouds: FakeClouds
) -> None:
    with (
        pytest.raises(UpstreamMissing, match=r"Run first: \./invoke up network --env dev$"),
        Session("up", dev(checkout, "data")).open(runs=True),
    ):
        pass
    with Session("refresh", dev(checkout, "data")).open():
        pass


def test_subnets_with_functions_in_them_are_not_deleted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "shared" / "contracts.py").write_text(
        'class NetworkSecurity:\n    layer: ClassVar[str] = "network-security"\n'
    )
    (root / "stacks" / "compute" / "__main__.py").write_text("NetworkSecurity.read()")
    reads = {"contract": {"reads": {SECURITY: ["subnet_ids"]}}}
    deployer = FakeDeployer(
        SECURITY, "compute", outputs={SECURITY: {"subnet_ids": ["subnet-1"]}, "compute": reads}
    )
    install(monkeypatch, deployer)
    secrets = ("db_password", "api_key", "db_connection_string", "cursor_signing_key")
    write_stack_file(
        root, SECURITY, "dev", *(f"{SECURITY}:{key}: {{secure: v1}}" for key in secrets)
    )
    with (
        pytest.raises(StillHeld, match=rf"then: \./invoke up {SECURITY} --env dev$"),
        Session("up", dev(root, SECURITY)).open(runs=True),
    ):
        pass
    with Session("refresh", dev(root, SECURITY)).open():
        pass


@pytest.fixture
def replaced(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout where network stands in a local AWS that is no longer the one that runs."""
    with monkeypatch.context() as before:
        install(before, FakeDeployer("network"), "AKIAFIRST0000000")
        with Session("refresh", Target(root=checkout)).open():
            pass
    install(monkeypatch, FakeDeployer("network"), "AKIASECOND000000")
    return checkout


@pytest.mark.parametrize(
    ("verb", "layer", "runs"),
    [
        ("deploy-all", "", True),
        ("up", "data", True),  # which does not stand itself
        ("preview", "data", True),
        ("refresh", "network", False),
        ("smoke", "", False),
    ],
)
def test_states_of_another_local_aws_are_nothing_to_go_on_with(
    replaced: Path, verb: str, layer: str, runs: bool
) -> None:
    with (
        pytest.raises(CloudMismatch, match=r"states of network \(local\)"),
        Session(verb, Target(root=replaced, layer=layer)).open(runs=runs),
    ):
        pass


@pytest.mark.parametrize(("verb", "layer"), [("destroy", "network"), ("destroy-all", "")])
def test_what_stands_in_another_local_aws_may_be_destroyed(
    replaced: Path, verb: str, layer: str
) -> None:
    with Session(verb, Target(root=replaced, layer=layer)).open():
        pass


def test_aws_is_one_cloud_whoever_asks(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("AKIAFIRST0000000", "AKIASECOND000000"):
        install(monkeypatch, FakeDeployer("network"), key)
        with Session("refresh", dev(checkout)).open():
            pass
    assert not (checkout / ".microstack" / "cloud").exists()


def test_a_preview_does_not_decide_which_local_aws_the_states_describe(
    checkout: Path, clouds: FakeClouds
) -> None:
    with Session("preview", Target(root=checkout, layer="network")).open(runs=True):
        assert not (checkout / ".microstack" / "cloud").exists()


def test_every_stack_is_worked_on_and_reported(checkout: Path, clouds: FakeClouds) -> None:
    report = up(Session("up", dev(checkout, "network")))
    assert clouds.deployer.calls == ["up network (dev)"]
    assert (report.command, report.environment, report.deployer) == ("up network", "dev", "fake")
    (stack,) = report.stacks
    assert (stack.layer, stack.stack, stack.reason) == ("network", "dev", "named")


def finish(root: Path, deployer: FakeDeployer, environment: Environment) -> None:
    """Run `up network` and end as every verb does."""
    target = Target(root=root, environment=environment, layer="network")
    session = Session("up", target)
    session.finish(up(session))


def test_a_run_ends_with_its_report_and_summary(
    checkout: Path, clouds: FakeClouds, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(checkout, clouds.deployer, Environment.DEV)
    (file,) = (checkout / ".microstack" / "reports").glob("*.json")
    report = Report.model_validate_json(file.read_text())
    assert report.command == "up network"
    assert report.ok
    assert report.seconds > 0
    assert file.stat().st_mode & 0o777 == 0o600
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "✓ network" in printed.err


def test_a_failed_run_is_reported_as_well_and_names_the_next_command(
    checkout: Path, clouds: FakeClouds
) -> None:
    def fail(stack: Stack, on_event: OnEvent, cancel: threading.Event) -> None:
        raise DeployFailed("the bucket is taken")

    clouds.deployer.acts["network"] = fail
    with pytest.raises(DeployFailed) as error:
        finish(checkout, clouds.deployer, Environment.DEV)
    assert str(error.value) == (
        "Failed: network (dev). Mend the cause above, then: ./invoke up network --env dev"
    )
    (file,) = (checkout / ".microstack" / "reports").glob("*.json")
    assert json.loads(file.read_text())["stacks"][0]["message"] == "the bucket is taken"


def test_a_local_aws_that_ended_under_the_run_is_the_cause(
    checkout: Path, clouds: FakeClouds
) -> None:
    def fail(stack: Stack, on_event: OnEvent, cancel: threading.Event) -> None:
        raise DeployFailed("nobody answers")

    clouds.deployer.acts["network"] = fail
    with pytest.raises(DeployFailed) as error:
        finish(checkout, clouds.deployer, Environment.LOCAL)
    assert str(error.value) == (
        "Failed: network (local). The local AWS has stopped (its log: "
        ".microstack/emulator/emulator.log). To start it again and go on: ./invoke up network"
    )


def test_ctrl_c_reaches_the_operation(checkout: Path, clouds: FakeClouds) -> None:
    def until_ctrl_c(stack: Stack, on_event: OnEvent, cancel: threading.Event) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.wait(PATIENCE)
        raise Interrupted("interrupted")

    clouds.deployer.acts["network"] = until_ctrl_c
    with pytest.raises(Interrupted, match=r"To go on: \./invoke up network --env dev$"):
        finish(checkout, clouds.deployer, Environment.DEV)


def test_ctrl_c_in_the_last_moment_is_no_success(checkout: Path, clouds: FakeClouds) -> None:
    def too_late(stack: Stack, on_event: OnEvent, cancel: threading.Event) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.wait(PATIENCE)

    clouds.deployer.acts["network"] = too_late
    with pytest.raises(Interrupted, match=r"To go on: \./invoke up network --env dev$"):
        finish(checkout, clouds.deployer, Environment.DEV)
