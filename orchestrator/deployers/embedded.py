"""The embedded engine as a deployer: in process, for the environment `local` and nothing else."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Event as Flag
from typing import Any

from localcloud import embedded as local
from localcloud.api import Programs
from orchestrator.checkout.local_files import passphrase
from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import (
    SECRET_MASK,
    Diagnostic,
    Event,
    OnEvent,
    Outcome,
    StackState,
    StepEvent,
)
from orchestrator.errors import DeployFailed, Interrupted

PHASES = {local.StepStarted: "started", local.StepFinished: "finished", local.StepFailed: "failed"}

UNREACHABLE = ("Could not connect to the endpoint URL", "Connection was closed before we received")
"""botocore's words for: nobody listens there."""
NO_ANSWER = "the local AWS does not answer any more"


class EmbeddedEngine:
    """Seam 1 over the embedded engine. `environment` is the provider's; closes `programs`."""

    name = "embedded"

    def __init__(
        self, workspace: Workspace, environment: Mapping[str, str], programs: Programs
    ) -> None:
        gc.freeze()  # what is imported stays: walking it again and again is wasted
        gc.set_threshold(50_000, 20, 50)
        # boto3 looks these up even when it is given credentials, and fails on an unknown one.
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            os.environ.pop(name, None)
        self._backend = local.FileBackend(workspace.backend.as_uri(), passphrase(workspace))
        self._engine = local.embedded_engine(self._backend, environment, programs)
        self._programs = programs
        self._published: dict[str, Mapping[str, Any]] = {}

    def preview(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """What `up` would do."""
        return self._do(self._engine.preview, stack, on_event, cancel)

    def up(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """Make the cloud as the program says."""
        outcome = self._do(self._engine.up, stack, on_event, cancel)
        self._published[stack.label] = outcome.outputs
        return outcome

    def refresh(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """Make the state as the cloud is."""
        return self._do(self._engine.refresh, stack, on_event, cancel)

    def destroy(self, stack: Stack, *, on_event: OnEvent, cancel: Flag) -> Outcome:
        """Delete every resource."""
        self._published.pop(stack.label, None)
        if not self._exists(stack):
            return Outcome()
        return self._do(self._engine.destroy, stack, on_event, cancel)

    def outputs(self, stack: Stack) -> Mapping[str, Any]:
        """The stack's outputs, secrets masked; of the last `up` if this deployer ran it."""
        if stack.label in self._published:
            return self._published[stack.label]
        if not self._exists(stack):
            return {}
        return self._engine.outputs(stack.layer.folder, stack.name)

    def config(self, stack: Stack) -> Mapping[str, str]:
        """The stack's configuration, secrets masked."""
        file = local.StackFile.load(local.Project.load(stack.layer.folder), stack.name)
        return {key: _shown(value) for key, value in file.values.items()}

    def state(self, stack: Stack) -> StackState:
        """By the state file and the history."""
        if not self._exists(stack):
            return StackState(resources=0)
        handle = self._backend.open(stack.layer.name, stack.name)
        resources = [
            item
            for item in handle.load().resources
            if item.custom and not item.type.startswith("pulumi:")
        ]
        last = handle.history()[:1]  # the newest comes first
        ended = datetime.fromtimestamp(last[0].ended, UTC).isoformat() if last else ""
        return StackState(
            resources=len(resources),
            not_emulated=tuple(i.urn for i in resources if i.outputs.get("notEmulated")),
            protected=any(item.protect for item in resources),
            updated=ended,
            result=last[0].result if last else "",
        )

    def close(self) -> None:
        """End the process that waits for the next program."""
        self._programs.close()

    def _exists(self, stack: Stack) -> bool:
        return self._backend.open(stack.layer.name, stack.name).exists()

    def _do(
        self, operation: Callable[..., Any], stack: Stack, on_event: OnEvent, cancel: Flag
    ) -> Outcome:
        def forward(event: object) -> None:
            if translated := _translate(event):
                on_event(translated)

        try:
            result = operation(stack.layer.folder, stack.name, on_event=forward, cancel=cancel)
        except local.Cancelled:
            raise Interrupted("interrupted; what was done is saved") from None
        except local.EngineError as error:
            raise DeployFailed(_reason(str(error))) from None
        return Outcome(changes=result.changes, outputs=result.outputs)


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "secure" in value:
        return SECRET_MASK
    return value if isinstance(value, str) else json.dumps(value)


def _reason(message: str) -> str:
    """The message, or what it comes to if the local AWS has gone: no resource is the cause."""
    return NO_ANSWER if any(words in message for words in UNREACHABLE) else message


def _translate(event: object) -> Event | None:
    if isinstance(event, local.StepStarted | local.StepFinished | local.StepFailed):
        return StepEvent(
            phase=PHASES[type(event)],
            urn=event.urn,
            type=event.type,
            op=str(event.op),
            message=_reason(getattr(event, "message", "")),
            diff=getattr(event, "diff", ()),
        )
    if isinstance(event, local.Diagnostic):
        return Diagnostic(severity=event.severity, message=event.message, urn=event.urn)
    if isinstance(event, local.Notice):
        return Diagnostic(severity="info", message=event.message)
    return None
