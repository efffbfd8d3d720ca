"""Compare the state with the world, and write down what is there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from localcloud.engine.errors import EngineError
from localcloud.engine.events import Op, StepFinished
from localcloud.engine.planning.property_diff import resolve_unknown
from localcloud.engine.provider.inprocess_grpc import ProviderError
from localcloud.engine.provider.providers import ProviderRegistry
from localcloud.engine.provider.responses import ReadResult
from localcloud.engine.state.dependency_graph import references
from localcloud.engine.state.model import ResourceState
from localcloud.engine.state.replay import now
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Registrations, Targets
from localcloud.engine.steps.run import Run, Stopped
from localcloud.engine.steps.step_events import is_default_provider
from localcloud.engine.values import urns


class Refresh:
    """Reads every resource of a snapshot; the snapshot in memory is brought up to date, too.

    `counted`: this is all that the run does, so what it finds is the run's result.
    """

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        providers: ProviderRegistry,
        executor: Executor,
        *,
        counted: bool,
    ) -> None:
        self.run, self.registrations, self.counted = run, registrations, counted
        self.providers, self.executor = providers, executor

    def perform(self) -> None:
        """Read all (targeted) resources in parallel."""
        targets = Targets(self.run.options.targets)
        states = [
            state
            for state in self.registrations.snapshot.resources
            if not targets or targets.name(state.urn)
        ]
        with ThreadPoolExecutor(self.run.parallel, "refresh") as pool:
            list(pool.map(self._refresh, states))
        self._drop_deleted()
        self.run.raise_if_stopping()

    def _refresh(self, state: ResourceState) -> None:
        with suppress(Stopped):
            try:
                self._refresh_one(state)
            except EngineError as error:
                self.run.fail(error)

    def _refresh_one(self, state: ResourceState) -> None:
        unread = not state.custom or urns.is_provider_type(state.type) or state.pending_replacement
        if unread:
            if not is_default_provider(state.urn):
                self._report(state, Op.SAME, ())
            return
        client = self.providers.ensure(state.provider, self.registrations.snapshot.resources)
        with self.run.slot():
            try:
                found = client.read(state, state.id)
            except ProviderError as error:
                raise self.executor.fail_step(Op.REFRESH, state, str(error)) from error
            self._apply_read(state, found)

    def _apply_read(self, state: ResourceState, found: ReadResult) -> None:
        if not found.id:
            self.run.journal.change(remove=state)
            self.registrations.removed_instances.add(id(state))
            self._report(state, Op.DELETE, ())
            return
        before = replace(state)
        state.init_errors = found.init_errors
        state.id, state.outputs = found.id, found.outputs
        state.inputs = state.inputs if found.inputs is None else found.inputs
        self.executor.mark_secrets(state)
        if (before.inputs, before.outputs, before.id, before.init_errors) == (
            state.inputs,
            state.outputs,
            state.id,
            state.init_errors,
        ):
            self._report(state, Op.SAME, ())
            return
        state.modified = now()
        self.run.journal.change(put=state)
        self._report(state, *self._change_for_program(before, state))

    def _change_for_program(
        self, before: ResourceState, after: ResourceState
    ) -> tuple[Op, tuple[str, ...]]:
        """Return whether the program would see a change: the next `up` asks the same."""
        if before.external:
            changed = before.outputs != after.outputs
            return (Op.UPDATE if changed else Op.SAME), ()
        client = self.providers.ensure(after.provider, self.registrations.snapshot.resources)
        diff = client.diff(after, replace(after, inputs=before.inputs), preview=self.run.preview)
        diff = resolve_unknown(diff, after.inputs, before.inputs, after.ignore_changes)
        return (Op.UPDATE, diff.changed_properties()) if diff.changed else (Op.SAME, ())

    def _report(self, state: ResourceState, op: Op, keys: tuple[str, ...]) -> None:
        if self.counted:
            self.run.bus.count(op)
        self.run.bus.emit(
            StepFinished(
                urn=state.urn,
                type=state.type,
                op=op if self.counted and op is not Op.SAME else Op.REFRESH,
                seconds=0.0,
                diff=keys,
            )
        )

    def _drop_deleted(self) -> None:
        """Drop what is gone from the snapshot in memory, with the references to it."""
        snapshot = self.registrations.snapshot
        remaining = [
            s for s in snapshot.resources if id(s) not in self.registrations.removed_instances
        ]
        alive = {state.urn for state in remaining}
        parents = {state.urn: state.parent for state in snapshot.resources}
        for state in remaining:
            if any(urn not in alive for urn in references(state)):
                _drop_references(state, alive, parents)
        snapshot.resources = remaining
        self.registrations.old_states = snapshot.live()


def _drop_references(state: ResourceState, alive: set[str], parents: dict[str, str]) -> None:
    state.dependencies = [urn for urn in state.dependencies if urn in alive]
    state.property_dependencies = {
        key: [urn for urn in dependencies if urn in alive]
        for key, dependencies in state.property_dependencies.items()
    }
    state.replace_with = [urn for urn in state.replace_with if urn in alive]
    state.deleted_with = state.deleted_with if state.deleted_with in alive else ""
    while state.parent and state.parent not in alive:
        state.parent = parents.get(state.parent, "")
