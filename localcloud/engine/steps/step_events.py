"""What all steps have in common: events before and after, and how they fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from localcloud.engine.errors import EngineError
from localcloud.engine.events import Op, StepFailed, StepFinished, StepStarted
from localcloud.engine.provider.inprocess_grpc import InitFailed, ProviderError
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.registrations import Registrations
from localcloud.engine.steps.run import Run
from localcloud.engine.values import urns
from localcloud.engine.values.values import Secret

_PAST = {
    Op.CREATE: "created",
    Op.CREATE_REPLACEMENT: "created anew",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.DELETE_REPLACED: "deleted for its replacement",
    Op.READ: "read",
    Op.READ_REPLACEMENT: "read",
    Op.REFRESH: "refreshed",
    Op.IMPORT: "imported",
    Op.IMPORT_REPLACEMENT: "imported",
}


class StepError(EngineError):
    """A step failed; the message names the resource and gives the provider's reason."""


def describe(urn: str) -> str:
    """Name a resource for people: type and logical name."""
    return f"{urns.type_of(urn)} {urns.name_of(urn)!r}"


def is_default_provider(urn: str) -> bool:
    """Return whether the engine registers this provider by itself: nobody wants to see it."""
    name = urns.name_of(urn)
    return urns.is_provider_type(urns.type_of(urn)) and (
        name == "default" or name.startswith("default_")
    )


class StepReporter:
    """Reports steps of one run, and marks what is secret in their results."""

    def __init__(self, run: Run, registrations: Registrations) -> None:
        self.run = run
        self.registrations = registrations

    @contextmanager
    def step(self, op: Op, state: ResourceState, keys: tuple[str, ...] = ()) -> Iterator[None]:
        """Report a step, and turn a provider's failure into the end of the run."""
        shown = not is_default_provider(state.urn)
        emit = self.run.bus.emit
        with self.run.slot():
            begun = time.monotonic()
            if shown:
                emit(StepStarted(urn=state.urn, type=state.type, op=op))
            try:
                yield
            except (ProviderError, InitFailed) as failure:
                raise self.fail_step(op, state, _reason(failure)) from failure
        if shown:
            seconds = time.monotonic() - begun
            emit(StepFinished(urn=state.urn, type=state.type, op=op, seconds=seconds, diff=keys))

    def fail_step(self, op: Op, state: ResourceState, reason: str) -> StepError:
        """Report a failed step and stop the run; returns the error to raise."""
        reason = self.run.bus.redactor.redact(reason)
        self.run.bus.emit(StepFailed(urn=state.urn, type=state.type, op=op, message=reason))
        named = urns.type_of(state.urn) in reason and urns.name_of(state.urn) in reason
        what = f"{describe(state.urn)} could not be {_PAST.get(op, op.value)}: "
        error = StepError(reason if named else what + reason)
        self.run.fail(error)
        return error

    def mark_secrets(self, state: ResourceState) -> None:
        """Mark outputs as secret: by option, or because their inputs are."""
        secret_keys = set(state.additional_secret_outputs) - {"id"}
        secret_keys |= {key for key, value in state.inputs.items() if isinstance(value, Secret)}
        outputs = dict(state.outputs)
        for key in secret_keys & outputs.keys():
            if not isinstance(outputs[key], Secret):
                outputs[key] = Secret(outputs[key])
        state.outputs = outputs
        self.run.bus.redactor.learn(state.inputs)
        self.run.bus.redactor.learn(outputs)

    def count(self, op: Op, state: ResourceState) -> None:
        """Count a resource under what happened to it."""
        if not is_default_provider(state.urn):
            self.run.bus.count(op)


def _reason(failure: ProviderError | InitFailed) -> str:
    if isinstance(failure, InitFailed):
        return "; ".join(failure.reasons) or "it was made but did not come up"
    return str(failure)
