"""What both deployers do alike: the one suite that seam 1 is held to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import SECRET_MASK, Diagnostic, StepEvent
from orchestrator.errors import DeployFailed, MicrostackError
from tests.orchestrator.deployers.conftest import (
    PROGRAM,
    TOKEN,
    Bench,
    open_bench,
    require,
    set_secret,
)
from tests.patience import until

pytestmark = pytest.mark.xdist_group("deployers")


def finished(bench: Bench) -> dict[str, str]:
    """Logical name → operation, of the steps on real resources."""
    return {
        event.name: event.op
        for event in bench.events
        if isinstance(event, StepEvent) and event.phase == "finished" and "aws:" in event.type
    }


def test_preview_changes_nothing(bench: Bench) -> None:
    outcome = bench.do(bench.deployer.preview)
    assert outcome.changes["create"] >= 2
    assert finished(bench) == {} or set(finished(bench).values()) == {"create"}
    assert not bench.deployer.state(bench.stack).deployed
    assert bench.client("ssm").describe_parameters()["Parameters"] == []


def test_up_creates_and_a_second_up_leaves_all_alone(bench: Bench) -> None:
    first = bench.do(bench.deployer.up)
    assert finished(bench) == {"greeting": "create", "token": "create"}
    assert first.outputs["token"] == SECRET_MASK
    assert bench.deployer.state(bench.stack).resources == 2
    second = bench.do(bench.deployer.up)
    assert second.changed == 0
    assert second.changes["same"] >= 3


def test_what_a_program_prints_is_reported(bench: Bench) -> None:
    prints = """
import sys
import pulumi
print("to stdout")
print("to stderr", file=sys.stderr)
pulumi.log.info("logged")
pulumi.log.warn("mind the gap")
"""
    bench.program(PROGRAM + prints)
    for operation in (bench.deployer.preview, bench.deployer.up):
        bench.events.clear()
        bench.do(operation)
        found = {
            (event.severity, event.message.strip())
            for event in bench.events
            if isinstance(event, Diagnostic)
        }
        assert found >= {
            ("info", "to stdout"),
            ("info", "to stderr"),
            ("info", "logged"),
            ("warning", "mind the gap"),
        }


def test_a_change_of_the_program_updates_one_resource(bench: Bench) -> None:
    bench.do(bench.deployer.up)
    bench.program(PROGRAM.replace('"hello"', '"good evening"'))
    assert bench.do(bench.deployer.preview).changes["update"] == 1
    bench.do(bench.deployer.up)
    assert finished(bench)["greeting"] == "update"
    name = bench.deployer.outputs(bench.stack)["greeting_name"]
    found = bench.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert found == "good evening"


def test_a_change_of_the_type_replaces(bench: Bench) -> None:
    bench.do(bench.deployer.up)
    bench.program(PROGRAM.replace('"greeting",', '"greeting", name="/fixed/greeting",'))
    outcome = bench.do(bench.deployer.up)
    assert outcome.changes["replace"] == 1
    names = {item["Name"] for item in bench.client("ssm").describe_parameters()["Parameters"]}
    assert len(names) == 2
    assert "/fixed/greeting" in names


def test_drift_is_taken_in_by_refresh_and_mended_by_up(bench: Bench) -> None:
    bench.do(bench.deployer.up)
    name = bench.deployer.outputs(bench.stack)["greeting_name"]
    bench.client("ssm").put_parameter(Name=name, Value="drifted", Overwrite=True)
    assert bench.do(bench.deployer.up).changed == 0
    bench.do(bench.deployer.refresh)
    assert bench.do(bench.deployer.up).changes["update"] == 1
    assert bench.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "hello"


def test_what_was_deleted_by_hand_is_made_again_after_a_refresh(bench: Bench) -> None:
    bench.do(bench.deployer.up)
    name = bench.deployer.outputs(bench.stack)["greeting_name"]
    bench.client("ssm").delete_parameter(Name=name)
    bench.do(bench.deployer.refresh)
    assert bench.deployer.state(bench.stack).resources == 1
    assert bench.do(bench.deployer.up).changes["create"] == 1


def test_destroy_leaves_nothing_and_may_be_repeated(bench: Bench) -> None:
    bench.do(bench.deployer.up)
    assert bench.do(bench.deployer.destroy).changes["delete"] >= 2
    assert not bench.deployer.state(bench.stack).deployed
    assert bench.client("ssm").describe_parameters()["Parameters"] == []
    assert bench.do(bench.deployer.destroy).changed == 0


def test_outputs_and_config_mask_secrets(bench: Bench) -> None:
    bench.do(bench.deployer.up)
    assert bench.deployer.outputs(bench.stack)["token"] == SECRET_MASK
    assert bench.deployer.config(bench.stack)["small:token"] == SECRET_MASK
    assert bench.deployer.config(bench.stack)["aws:region"] == "us-east-1"


def test_no_event_and_no_file_holds_a_secret(bench: Bench, workspace: Workspace) -> None:
    bench.do(bench.deployer.up)
    assert TOKEN not in repr(bench.events)
    for file in workspace.backend.rglob("*"):
        if file.is_file():
            assert TOKEN.encode() not in file.read_bytes(), file


def test_a_broken_program_fails_with_one_sentence_and_no_change(bench: Bench) -> None:
    bench.program(
        'import pulumi\n\n\ndef paint():\n    raise ValueError("no such colour")\n\n\npaint()'
    )
    with pytest.raises(DeployFailed) as caught:
        bench.do(bench.deployer.up)
    assert str(caught.value) == (
        "The program of small failed at __main__.py:5: ValueError: no such colour"
    )
    (found,) = [e for e in bench.events if isinstance(e, Diagnostic) and e.severity == "error"]
    assert found.message.startswith("ValueError: no such colour\n")
    assert [word in found.message for word in ("in <module>", "in paint")] == [True, True]
    assert "Traceback" not in repr(bench.events)
    assert not bench.deployer.state(bench.stack).deployed


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("x = 1\ny = (", "The program of small failed at __main__.py:2: SyntaxError: "),
        ("import nowhere", "The program of small failed at __main__.py:1: ModuleNotFoundError: "),
        ("raise SystemExit(3)", "The program of small failed: the program exited with 3"),
        ("import pulumi\nraise pulumi.RunError('no such colour')", "no such colour"),
    ],
)
def test_a_program_that_cannot_run_fails_with_one_sentence(
    bench: Bench, program: str, sentence: str
) -> None:
    bench.program(program)
    with pytest.raises(DeployFailed) as caught:
        bench.do(bench.deployer.preview)
    assert str(caught.value).startswith(sentence)
    assert "Traceback" not in f"{caught.value}{bench.events}"


def test_missing_config_is_named(bench: Bench) -> None:
    bench.program(PROGRAM + '\nconfig.require("colour")')
    with pytest.raises(DeployFailed) as caught:
        bench.do(bench.deployer.up)
    assert "colour" in str(caught.value) + repr(bench.events)


def test_a_failed_resource_names_itself_and_keeps_what_was_done(bench: Bench) -> None:
    bench.program(
        PROGRAM + '\naws.iam.RolePolicy("wrong", role="nobody", policy="{}",'
        " opts=pulumi.ResourceOptions(depends_on=[greeting]))"
    )
    with pytest.raises(MicrostackError, match="wrong|nobody"):
        bench.do(bench.deployer.up)
    assert bench.deployer.state(bench.stack).resources >= 1
    bench.program(PROGRAM)
    bench.do(bench.deployer.up)
    assert bench.do(bench.deployer.up).changed == 0


def test_what_the_program_logs_is_reported(bench: Bench) -> None:
    bench.program(PROGRAM + '\npulumi.warn("mind the gap")')
    bench.do(bench.deployer.up)
    warnings = [e.message for e in bench.events if isinstance(e, Diagnostic)]
    assert any("mind the gap" in message for message in warnings)


def test_two_runs_at_once_are_refused(bench: Bench, workspace: Workspace, tmp_path: Path) -> None:
    go = tmp_path / "go"
    wait = f"import os, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.02)\n"
    bench.program(wait + PROGRAM)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(bench.do, bench.deployer.up)
        try:
            until(lambda: [*workspace.backend.rglob("locks/**/*.json")], "the first run's lock")
            with pytest.raises(DeployFailed, match="lock|run"):
                bench.deployer.up(bench.stack, on_event=print, cancel=threading.Event())
        finally:
            go.touch()
        assert slow.result().changes["create"] >= 2


@pytest.mark.parametrize("first", ["embedded", "cli"])
def test_either_deployer_takes_over_from_the_other(workspace: Workspace, first: str) -> None:
    require("cli")
    makers = {choice: open_bench(workspace, choice) for choice in ("embedded", "cli")}
    one = makers.pop(first)
    (other,) = makers.values()
    set_secret(one)
    one.do(one.deployer.up)
    assert other.do(other.deployer.preview).changed == 0
    other.program(PROGRAM.replace('"hello"', '"good evening"'))
    assert other.do(other.deployer.up).changes["update"] == 1
    assert one.do(one.deployer.preview).changed == 0
    assert one.do(one.deployer.destroy).changes["delete"] >= 2
    one.close()
    other.close()


def test_a_profile_of_a_real_account_does_not_get_in_the_way(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "that of another system")
    again = open_bench(workspace, bench.deployer.name)
    assert again.do(again.deployer.up).changes["create"] >= 2
    again.close()
