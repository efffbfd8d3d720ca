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
from localcloud.engine.provider.responses import Read, annotate_secrets
from localcloud.engine.state.model import Operation, ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Book
from localcloud.engine.steps.run import Run
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import urn as urns


class PendingOperations:
    """Settles the operations that a snapshot says were begun and not ended."""

    def __init__(
        self, run: Run, book: Book, registry: ProviderRegistry, executor: Executor
    ) -> None:
        self.run, self.book = run, book
        self.registry, self.executor = registry, executor

    def settle(self) -> None:
        """Settle them one by one."""
        operations = self.book.snapshot.pending_operations
        for operation in operations:
            self.run.check()
            try:
                self._settle(operation)
            except EngineError as error:
                self.run.bus.notice(
                    f"It could not be found out what became of {describe(operation.resource.urn)},"
                    f" whose {operation.type} was interrupted: {error}"
                )
        self.book.olds = self.book.snapshot.live()

    def _settle(self, operation: Operation) -> None:
        state = operation.resource
        managed = state.custom and not urns.is_provider_type(state.type)
        if not managed or operation.type not in ("creating", "updating", "deleting"):
            self.run.record.end(operation.token)
            return
        client = self.registry.ensure(state.provider, self.book.snapshot.resources)
        if operation.type == "creating":
            self._settle_create(operation, client)
        else:
            self._settle_change(operation, client)

    def _read(self, client: ProviderClient, state: ResourceState, identity: str) -> Read:
        with self.run.slot():
            return client.read(state, identity)

    def _settle_create(self, operation: Operation, client: ProviderClient) -> None:
        made = replace(operation.resource)
        old = self.book.olds.get(made.urn)
        found = self._read(client, made, "")
        if not found.id or self._is_known(made.urn, found.id):
            self.run.record.end(operation.token)
            return
        made.id, made.outputs = found.id, found.outputs
        annotate_secrets(made.outputs, made.inputs)
        self.executor.settle(made)
        self._add(operation, made, old)
        self.run.bus.notice(f"{describe(made.urn)} was made by an interrupted run and is adopted.")

    def _is_known(self, urn: str, identity: str) -> bool:
        resources = self.book.snapshot.resources
        return any(state.urn == urn and state.id == identity for state in resources)

    def _add(self, operation: Operation, made: ResourceState, old: ResourceState | None) -> None:
        """Take the found resource into the state; `old` is what it was meant to replace."""
        resources = self.book.snapshot.resources
        if old is not None and old.pending_replacement:
            self.run.record.end(operation.token, add=made, remove=old)
            resources[:] = [state for state in resources if state is not old]
        else:
            self.run.record.end(operation.token, add=made, mark_delete=old)
            if old is not None:
                old.delete = True
        resources.append(made)
        self.book.olds[made.urn] = made

    def _settle_change(self, operation: Operation, client: ProviderClient) -> None:
        """Look at a resource whose update or deletion was interrupted."""
        said = operation.resource
        state = self._instance(said)
        self.run.record.end(operation.token)
        if state is None or state.delete or state.pending_replacement:
            return  # it is deleted (again) in this run anyway, and that does no harm
        found = self._read(client, state, state.id)
        if not found.id:
            self.run.record.change(remove=state)
            resources = self.book.snapshot.resources
            resources[:] = [other for other in resources if other is not state]
            return
        state.outputs = found.outputs
        state.inputs = state.inputs if found.inputs is None else found.inputs
        self.executor.settle(state)
        self.run.record.change(put=state)

    def _instance(self, said: ResourceState) -> ResourceState | None:
        for state in self.book.snapshot.resources:
            if state.urn in (said.urn, *said.aliases) and state.id == said.id:
                return state
        return None
