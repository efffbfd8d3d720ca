"""What the Pulumi CLI reports of a run: its events as ours, its failure as one sentence."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from orchestrator.checkout.stacks import Stack
from orchestrator.deployers.base import Diagnostic, Event, OnEvent, StepEvent
from orchestrator.errors import DeployerUnavailable, DeployFailed, Interrupted, MicrostackError

if TYPE_CHECKING:
    from pulumi import automation
    from pulumi.automation.events import DiagnosticEvent, EngineEvent

FOUND_ON_PATH = "from $PATH at"
"""In the CLI's warning that it uses the plugin which `./invoke env` puts there on purpose."""

SEVERITIES = {"info": "info", "info#err": "info", "warning": "warning", "error": "error"}
"""The CLI's severity → ours; `info#err` is what a program writes to standard error."""

CLOSING_WORDS = frozenset({"update failed", "preview failed", "destroy failed", "refresh failed"})
"""The CLI's last words on a failed run; the reason stands before them."""

EXITED = re.compile(r"program exited with non-zero exit code: (-?\d+)$")
"""Its words for a program that ended itself, after that one's own if it had any."""

LOGIN_WANTED = "PULUMI_ACCESS_TOKEN must be set for login"
NOT_LOGGED_IN = (
    "The Pulumi CLI is not logged in to a backend, where it keeps the stacks' states. Run "
    "`pulumi login` (or set PULUMI_ACCESS_TOKEN or PULUMI_BACKEND_URL), then the same command "
    "again."
)

INCORRECT = "incorrect passphrase"
PUT_IT_BACK = "put back the one of the stack (.microstack/passphrase keeps that of local)"


class Watch:
    """Around everything that is asked of the CLI about one stack.

    Without `on_event` nothing is run, only read: the sentence names the stack then, as no run's
    report does.
    """

    def __init__(
        self, stack: Stack, on_event: OnEvent | None = None, cancel: Flag | None = None
    ) -> None:
        self._stack = stack
        self._forward = on_event
        self._cancel = cancel
        self._errors: list[str] = []
        self._printed: list[str] = []

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, MicrostackError):
            return
        from pulumi import automation

        if isinstance(error, automation.CommandError):
            if self._cancel and self._cancel.is_set():
                raise Interrupted("interrupted; what was done is saved") from None
            raise DeployFailed(self._sentence(error)) from None
        if isinstance(error, automation.InvalidVersionError | subprocess.CalledProcessError):
            raise DeployerUnavailable(f"The Pulumi CLI cannot be used: {error}") from None

    def on_output(self, _text: str) -> None:
        """The CLI's own display is replaced by ours."""

    def on_event(self, event: EngineEvent) -> None:
        """Pass on what a person should see of the event, if anything."""
        if event.diagnostic_event and event.diagnostic_event.severity == "info#err":
            self._printed.append(event.diagnostic_event.message.rstrip())
        for each in translate(event):
            is_error = isinstance(each, Diagnostic) and each.severity == "error"
            shown = self._keep_error(each) if isinstance(each, Diagnostic) and is_error else each
            if shown and self._forward:
                self._forward(shown)

    def _keep_error(self, error: Diagnostic) -> Event | None:
        """Keep an error for the sentence; returns what to show of it besides, if anything."""
        from localcloud.api import describe_traceback, failure_sentence

        if error.message in CLOSING_WORDS:
            return None
        project = self._stack.layer.name
        if exited := EXITED.search(error.message):
            if not self._errors:
                self._errors.append(failure_sentence(project, *self._why_exited(exited[1])))
            return None
        failed = describe_traceback(error.message, str(self._stack.layer.folder))
        if failed:
            self._errors.append(failure_sentence(project, failed["error"], failed["location"]))
            message = f"{failed['error']}\n{failed['trace']}".rstrip()
            return replace(error, message=message) if failed["trace"] else None
        self._errors.append(_resource_prefix(error.urn) + error.message)
        return error

    def _why_exited(self, code: str) -> tuple[str, str]:
        """Error and place: what was printed last if it is a traceback, else the exit code."""
        from localcloud.api import describe_traceback

        failed = describe_traceback("\n".join(self._printed), str(self._stack.layer.folder))
        if failed:  # the CLI's own words follow the error, and are shown as such
            return failed["error"].splitlines()[0], failed["location"]
        return f"the program exited with {code}", ""

    def _sentence(self, error: automation.CommandError) -> str:
        from pulumi import automation

        if isinstance(error, automation.ConcurrentUpdateError):
            return (
                "another run holds the stack's lock; wait for it, or after a crash run "
                f"`pulumi cancel --stack {self._stack.name}` in {self._stack.layer.folder.name}"
            )
        if self._errors:
            return self._errors[0]  # what follows is what came of it
        reason = reason_of(error)
        return (
            reason if self._forward or reason == NOT_LOGGED_IN else f"{self._stack.label}: {reason}"
        )


def reason_of(error: automation.CommandError) -> str:
    """The CLI's own reason of a command that failed, and what to do where that is known."""
    _, _, stderr = str(error).rpartition("\n stderr: ")
    if LOGIN_WANTED in stderr:
        return NOT_LOGGED_IN
    *_, last = re.split(r"^error: ", stderr, flags=re.MULTILINE)
    reason = " ".join(last.split())
    if INCORRECT in reason:  # the CLI's advice would follow: to set what is set, and wrongly
        return f"{reason.partition(INCORRECT)[0]}{INCORRECT}: {PUT_IT_BACK}"
    return reason or "the Pulumi CLI failed and gave no reason"


def translate(event: EngineEvent) -> Iterator[Event]:
    """What an event of the CLI is among ours; most are nothing."""
    steps = (
        ("started", event.resource_pre_event),
        ("finished", event.res_outputs_event),
        ("failed", event.res_op_failed_event),
    )
    for phase, step in steps:
        if step:
            meta = step.metadata
            yield StepEvent(
                phase=phase,
                urn=meta.urn,
                type=meta.type,
                op=op_name(meta.op),
                diff=tuple(meta.detailed_diff or ()),
            )
    if event.diagnostic_event:
        yield from _diagnostic(event.diagnostic_event)


def op_name(op: Any) -> str:
    """Pulumi's name of an operation, which the SDK gives as text or as an enum."""
    return str(getattr(op, "value", op))


def _diagnostic(event: DiagnosticEvent) -> Iterator[Diagnostic]:
    severity, message = SEVERITIES.get(event.severity), event.message.rstrip()
    if severity and message and not event.ephemeral and FOUND_ON_PATH not in message:
        yield Diagnostic(severity=severity, message=message, urn=event.urn or "")


def _resource_prefix(urn: str) -> str:
    """`type 'name': ` of a resource; empty for the stack itself."""
    *_, kind, name = ["", *urn.split("::")] if urn else ["", ""]
    return "" if kind in ("", "pulumi:pulumi:Stack") else f"{kind} '{name}': "
