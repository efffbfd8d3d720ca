"""What the CLI's own events and words become; recorded from it, so it need not be there."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation.errors import CommandError, create_command_error
from pulumi.automation.events import EngineEvent

from orchestrator.checkout.layers import Layer
from orchestrator.checkout.stacks import Environment, Stack
from orchestrator.deployers.base import Diagnostic, Event
from orchestrator.deployers.cli_watch import Watch, reason_of
from orchestrator.errors import DeployFailed, Interrupted

STACK = "urn:pulumi:local::small::pulumi:pulumi:Stack::small-local"
RESOURCE = "urn:pulumi:local::small::aws:ssm/parameter:Parameter::greeting"
EXITED = "an unhandled error occurred: program exited with non-zero exit code: "


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(Layer("small", tmp_path, frozenset()), Environment.LOCAL)


def failed(stderr: str) -> CommandError:
    from pulumi.automation._cmd import CommandResult

    return create_command_error(CommandResult(stdout="Updating (local):", stderr=stderr, code=1))


def diagnostic(message: str, severity: str = "error", urn: str = "", **more: Any) -> EngineEvent:
    content = {"message": message, "color": "never", "severity": severity, "urn": urn, **more}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 0, "diagnosticEvent": content})


def forwarded(stack: Stack, *events: EngineEvent) -> list[Event]:
    found: list[Event] = []
    watch = Watch(stack, found.append, threading.Event())
    for event in events:
        watch.on_event(event)
    return found


def sentence(stack: Stack, *events: EngineEvent) -> str:
    def run() -> None:
        with Watch(stack, lambda _: None, threading.Event()) as watch:
            for event in events:
                watch.on_event(event)
            raise failed("error: the command failed")

    with pytest.raises(DeployFailed) as caught:
        run()
    return str(caught.value)


@pytest.mark.parametrize("severity", ["info", "info#err"])
def test_what_a_program_prints_and_logs_is_information(stack: Stack, severity: str) -> None:
    (event,) = forwarded(stack, diagnostic("  hello there\n\n", severity, STACK))
    assert event == Diagnostic(severity="info", message="  hello there", urn=STACK)


@pytest.mark.parametrize(
    "noise",
    [
        diagnostic("registering resource: ty=pulumi:pulumi:Stack\n", "debug"),
        diagnostic("Collecting pip\n\n", "info", ephemeral=True),
        diagnostic("using pulumi-resource-aws from $PATH at /bin/x\n", "warning"),
        diagnostic("\n\n", "info"),
        diagnostic("update failed\n"),
    ],
)
def test_noise_is_not_reported(stack: Stack, noise: EngineEvent) -> None:
    assert forwarded(stack, noise) == []


def test_a_program_that_raises_is_reported_by_error_and_its_own_frames(stack: Stack) -> None:
    program = stack.layer.folder / "__main__.py"
    program.write_text('raise ValueError("boo")\n')
    event = diagnostic(
        "Program failed with an unhandled exception:\nTraceback (most recent call last):\n"
        f'  File "{program}", line 1, in <module>\n    raise ValueError("boo")\nValueError: boo\n\n'
    )
    (error,) = forwarded(stack, event)
    assert isinstance(error, Diagnostic)
    assert error.message.splitlines()[0] == "ValueError: boo"
    assert "Traceback" not in error.message
    assert sentence(stack, event, diagnostic("update failed\n")) == (
        "The program of small failed at __main__.py:1: ValueError: boo"
    )


def test_a_python_without_pulumi_is_named_in_the_sentence(stack: Stack) -> None:
    printed = (
        "Traceback (most recent call last):\n\n",
        '  File "/opt/bin/pulumi-language-python-exec", line 17, in <module>\n\n',
        "    import pulumi\n\n",
        "ModuleNotFoundError: No module named 'pulumi'\n\n",
        "It looks like the Pulumi SDK has not been installed. Have you run pip install?\n\n",
    )
    events = [diagnostic(line, "info#err") for line in printed]
    assert sentence(stack, *events, diagnostic(EXITED + "1\n")) == (
        "The program of small failed: ModuleNotFoundError: No module named 'pulumi'"
    )


@pytest.mark.parametrize("code", ["3", "-1"])
def test_a_program_that_ends_itself_is_reported_by_its_exit_code(stack: Stack, code: str) -> None:
    event = diagnostic(f"{EXITED}{code}\n")
    assert sentence(stack, event) == f"The program of small failed: the program exited with {code}"
    assert forwarded(stack, event) == []


def test_the_programs_own_sentence_stands_before_how_it_ended(stack: Stack) -> None:
    events = (
        diagnostic("Missing required configuration variable 'small:colour'\n"),
        diagnostic(EXITED + "1\n"),
    )
    assert sentence(stack, *events) == "Missing required configuration variable 'small:colour'"


def test_a_resources_error_names_it(stack: Stack) -> None:
    event = diagnostic("sdk: no such role\n", urn=RESOURCE)
    assert sentence(stack, event) == "aws:ssm/parameter:Parameter 'greeting': sdk: no such role"


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (
            "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
            "getting stack configuration: get stack secrets manager: incorrect passphrase: put "
            "back the one of the stack (.microstack/passphrase keeps that of local)",
        ),
        (
            "error: failed to decrypt: incorrect passphrase, please set X to the correct",
            "failed to decrypt: incorrect passphrase: put back the one of the stack "
            "(.microstack/passphrase keeps that of local)",
        ),
        (
            "Logging in using access token from PULUMI_ACCESS_TOKEN\nerror: performing HTTP "
            "request: no such host",
            "performing HTTP request: no such host",
        ),
        (
            "error: could not validate 'Pulumi.yaml': 2 errors\n  * no name\n  * no runtime",
            "could not validate 'Pulumi.yaml': 2 errors * no name * no runtime",
        ),
        ("panic: runtime error", "panic: runtime error"),
        ("", "the Pulumi CLI failed and gave no reason"),
    ],
)
def test_without_an_event_the_reason_is_the_clis_own(stderr: str, reason: str) -> None:
    assert reason_of(failed(stderr)) == reason


def test_what_is_only_read_names_the_stack(stack: Stack) -> None:
    with pytest.raises(DeployFailed) as caught, Watch(stack):
        raise failed("error: no such host")
    assert str(caught.value) == "small (local): no such host"


def test_a_failure_after_ctrl_c_is_an_interruption(stack: Stack) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Interrupted), Watch(stack, lambda _: None, cancel):
        raise failed("error: update cancelled")


def test_a_defect_of_ours_stays_one(stack: Stack) -> None:
    with pytest.raises(ZeroDivisionError), Watch(stack):
        raise ZeroDivisionError
