"""Find out what became of operations that a crash cut off, before anything new begins.

An interrupted create may have made its resource. Its inputs are in the journal, names included, so
the provider is asked to find it by them: a Read with an empty id. What it finds is adopted, so
nothing is made twice and nothing stays behind.
"""

from __future__ import annotations

from dataclasses import replace

from localcloud.engine.errors import EngineError
from localcloud.engine.provider.client import ProviderClient
from localcloud.engine.provider.providers import ProviderRegistry
from localcloud.engine.provider.responses import ReadResult, annotate_secrets
from localcloud.engine.state.model import Operation, ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Registrations
from localcloud.engine.steps.run import Run
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import urns


class PendingOperations:
    """Recovers the operations that a snapshot lists as begun and not ended."""

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        providers: ProviderRegistry,
        executor: Executor,
    ) -> None:
        self.run, self.registrations = run, registrations
        self.providers, self.executor = providers, executor

    def recover(self) -> None:
        """Recover them one by one."""
        operations = self.registrations.snapshot.pending_operations
        for operation in operations:
            self.run.raise_if_stopping()
            try:
                self._recover(operation)
            except EngineError as error:
                self.run.bus.notice(
                    f"It could not be found out what became of {describe(operation.resource.urn)},"
                    f" whose {operation.type} was interrupted: {error}"
                )
        self.registrations.old_states = self.registrations.snapshot.live()

    def _recover(self, operation: Operation) -> None:
        state = operation.resource
        managed = state.custom and not urns.is_provider_type(state.type)
        if not managed or operation.type not in ("creating", "updating", "deleting"):
            self.run.journal.end(operation.token)
            return
        client = self.providers.ensure(state.provider, self.registrations.snapshot.resources)
        if operation.type == "creating":
            self._recover_create(operation, client)
        else:
            self._recover_change(operation, client)

    def _read(self, client: ProviderClient, state: ResourceState, identity: str) -> ReadResult:
        with self.run.slot():
            return client.read(state, identity)

    def _recover_create(self, operation: Operation, client: ProviderClient) -> None:
        made = replace(operation.resource)
        old = self.registrations.old_states.get(made.urn)
        found = self._read(client, made, "")
        if not found.id or self._is_known(made.urn, found.id):
            self.run.journal.end(operation.token)
            return
        made.id, made.outputs = found.id, found.outputs
        annotate_secrets(made.outputs, made.inputs)
        self.executor.mark_secrets(made)
        self._add(operation, made, old)
        self.run.bus.notice(f"{describe(made.urn)} was made by an interrupted run and is adopted.")

    def _is_known(self, urn: str, identity: str) -> bool:
        resources = self.registrations.snapshot.resources
        return any(state.urn == urn and state.id == identity for state in resources)

    def _add(self, operation: Operation, made: ResourceState, old: ResourceState | None) -> None:
        """Take the found resource into the state; `old` is what it was meant to replace."""
        resources = self.registrations.snapshot.resources
        if old is not None and old.pending_replacement:
            self.run.journal.end(operation.token, add=made, remove=old)
            resources[:] = [state for state in resources if state is not old]
        else:
            self.run.journal.end(operation.token, add=made, mark_delete=old)
            if old is not None:
                old.delete = True
        resources.append(made)
        self.registrations.old_states[made.urn] = made

    def _recover_change(self, operation: Operation, client: ProviderClient) -> None:
        """Look at a resource whose update or deletion was interrupted."""
        recorded = operation.resource
        state = self._instance_of(recorded)
        self.run.journal.end(operation.token)
        if state is None or state.delete or state.pending_replacement:
            return  # it is deleted (again) in this run anyway, and that does no harm
        found = self._read(client, state, state.id)
        if not found.id:
            self.run.journal.change(remove=state)
            resources = self.registrations.snapshot.resources
            resources[:] = [other for other in resources if other is not state]
            return
        state.outputs = found.outputs
        state.inputs = state.inputs if found.inputs is None else found.inputs
        self.executor.mark_secrets(state)
        self.run.journal.change(put=state)

    def _instance_of(self, recorded: ResourceState) -> ResourceState | None:
        for state in self.registrations.snapshot.resources:
            if state.urn in (recorded.urn, *recorded.aliases) and state.id == recorded.id:
                return state
        return None
