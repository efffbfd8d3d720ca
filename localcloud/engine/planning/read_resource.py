"""Everything that a program asks for besides managed resources: reads, functions, outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localcloud.engine.planning.provider_resolution import ProviderResolution
from localcloud.engine.provider.inprocess_grpc import ProviderError
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.goal import BadRegistration
from localcloud.engine.steps.import_read import ReadSteps
from localcloud.engine.steps.registrations import Registrations
from localcloud.engine.steps.run import Run
from localcloud.engine.values import urns


@dataclass(frozen=True, kw_only=True)
class ReadRequest:
    """A resource to be fetched by its id."""

    type: str
    name: str
    id: str
    parent: str = ""
    provider: str = ""
    version: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    dependencies: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    source_position: str = ""


class ResourceReads:
    """Serves what does not go through the planner."""

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        provider_resolution: ProviderResolution,
        read_steps: ReadSteps,
    ) -> None:
        self.run, self.registrations = run, registrations
        self.provider_resolution, self.read_steps = provider_resolution, read_steps
        self.stack_outputs: dict[str, Any] | None = None

    def read(self, request: ReadRequest) -> ResourceState:
        """Read a resource and keep it as an external one."""
        self.run.bus.redactor.learn(request.properties)
        package = urns.package_of(request.type)
        provider = request.provider or self.provider_resolution.reference_below(
            request.parent, package, request.version
        )
        if not request.id:
            raise BadRegistration(f"Reading {request.name!r} ({request.type}) needs an id.")
        with self.registrations.lock:
            urn = self.registrations.claim_urn(request.parent, request.type, request.name)
            old = self.registrations.old_states.get(urn)
            self.registrations.kept_urns.add(urn)
        new = self._state(request, urn, provider)
        replaces = old is not None and not old.external and old.id != request.id
        self.read_steps.read(old, new, self.provider_resolution.client(provider), replaces=replaces)
        with self.registrations.lock:
            self.registrations.new_states[urn] = new
        return new

    def _state(self, request: ReadRequest, urn: str, provider: str) -> ResourceState:
        return ResourceState(
            urn=urn,
            type=request.type,
            id=request.id,
            custom=True,
            external=True,
            inputs=request.properties,
            parent=request.parent,
            provider=provider,
            dependencies=request.dependencies,
            additional_secret_outputs=request.additional_secret_outputs,
            source_position=request.source_position,
        )

    def lookup(self, urn: str) -> ResourceState | None:
        """Find what this run has registered or read."""
        with self.registrations.lock:
            return self.registrations.new_states.get(urn)

    def invoke(
        self,
        token: str,
        args: dict[str, Any],
        *,
        provider: str,
        version: str,
        parent: str,
        depends_on: list[str],
    ) -> dict[str, Any] | str | None:
        """Call a function: its result, None if that cannot be known yet, or why it failed."""
        self.run.bus.redactor.learn(args)
        package = urns.package_of(token)
        reference = provider or self.provider_resolution.reference_below(parent, package, version)
        if self._is_pending(depends_on):
            return None
        client = self.provider_resolution.client(reference)
        try:
            with self.run.slot():
                result, failures = client.invoke(token, args, preview=self.run.preview)
        except ProviderError as error:
            return self.run.bus.redactor.redact(str(error))
        if failures:
            reasons = "; ".join(f"{f.property}: {f.reason}" for f in failures)
            return self.run.bus.redactor.redact(reasons)
        self.run.bus.redactor.learn(result)
        return result

    def _is_pending(self, urns_: list[str]) -> bool:
        """Return whether something that a call depends on does not exist yet."""
        with self.registrations.lock:
            states = [self.registrations.new_states.get(urn) for urn in urns_]
        return any(s is None or (s.custom and s.id in ("", urns.UNKNOWN_ID)) for s in states)

    def outputs(self, urn: str, outputs: dict[str, Any]) -> None:
        """Take the outputs of a component; the stack's wait for the end of the run."""
        self.run.bus.redactor.learn(outputs)
        if urns.qualified_type(urn) == urns.STACK_TYPE:
            self.stack_outputs = outputs
            return
        state = self.lookup(urn)
        if state is None:
            raise BadRegistration(f"Outputs came for {urn}, which was never registered.")
        if urn not in self.registrations.skipped_creates:
            self._put(state, outputs)

    def _put(self, state: ResourceState, outputs: dict[str, Any]) -> None:
        if outputs != state.outputs:
            state.outputs = outputs
            self.run.journal.change(put=state)

    def finish_stack(self) -> dict[str, Any]:
        """Record the stack's outputs; after a failure old ones stay unless there are new ones."""
        state = self.lookup(urns.stack_urn(self.run.stack, self.run.project))
        if state is None:
            return self.registrations.snapshot.stack_outputs()
        if self.stack_outputs is not None:
            outputs = self.stack_outputs
            if self.run.stopping:
                outputs = {**state.outputs, **outputs}
            self._put(state, outputs)
        return state.outputs
