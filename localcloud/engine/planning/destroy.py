"""Delete what is no longer wanted: dependents first, level by level, each level in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from localcloud.engine.errors import EngineError
from localcloud.engine.events import Op
from localcloud.engine.planning.planner import NotTargeted, ProtectedResource
from localcloud.engine.provider.providers import Provider, ProviderRegistry
from localcloud.engine.state.dependency_graph import deletion_levels, depending_on
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Registrations, Targets
from localcloud.engine.steps.run import Run, Stopped
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import urns


class Deletions:
    """The end of a run: everything in the old state that nobody asked for."""

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        providers: ProviderRegistry,
        executor: Executor,
    ) -> None:
        self.run, self.registrations = run, registrations
        self.providers, self.executor = providers, executor

    def perform(self) -> None:
        """Delete it, unless something in it is protected: that is looked at before the first."""
        to_delete = self._states_to_delete()
        self._refuse_protected(to_delete)
        with self.registrations.lock:
            self.registrations.deleted_urns.update(state.urn for state in to_delete)
        levels = deletion_levels(to_delete, self.registrations.snapshot.resources)
        with ThreadPoolExecutor(self.run.parallel, "delete") as pool:
            for level in levels:
                list(pool.map(self._delete, level))
                self.run.raise_if_stopping()

    def _states_to_delete(self) -> list[ResourceState]:
        targets = Targets(self.run.options.targets)
        unwanted = [
            state
            for state in self.registrations.snapshot.resources
            if id(state) not in self.registrations.removed_instances and self._is_unwanted(state)
        ]
        if not targets:
            return unwanted
        chosen = [state for state in unwanted if targets.name(state.urn)]
        self._refuse_dependents(chosen, unwanted, targets)
        return chosen

    def _is_unwanted(self, state: ResourceState) -> bool:
        return state.delete or state.urn not in self.registrations.kept_urns

    def _refuse_dependents(
        self, chosen: list[ResourceState], unwanted: list[ResourceState], targets: Targets
    ) -> None:
        """Deleting a target takes its dependents along, so they must be targets as well."""
        deleting = {id(state) for state in unwanted}
        resources = self.registrations.snapshot.resources
        for state in chosen:
            for other in depending_on(state, resources, children=True):
                if id(other) in deleting and not targets.name(other.urn):
                    raise NotTargeted(
                        f"{describe(state.urn)} cannot be deleted without {describe(other.urn)}:"
                        f" name {other.urn} as a target as well."
                    )

    def _refuse_protected(self, to_delete: list[ResourceState]) -> None:
        protected = [s for s in to_delete if s.protect and not s.delete]
        if protected:
            names = ", ".join(describe(state.urn) for state in protected)
            raise ProtectedResource(
                f"{names} cannot be deleted because of the option `protect`: set it to false in the"
                " program (here: the setting that protects it) and deploy, then try again."
            )

    def _delete(self, state: ResourceState) -> None:
        with suppress(Stopped):
            try:
                self._delete_one(state)
            except EngineError as error:
                self.run.fail(error)

    def _delete_one(self, state: ResourceState) -> None:
        if state.pending_replacement:  # it went before its replacement, which nobody wants now
            self.run.journal.change(remove=state)
            return
        op = Op.DELETE_REPLACED if state.delete else Op.DELETE
        self.executor.delete(state, self._provider(state), op=op)

    def _provider(self, state: ResourceState) -> Provider | None:
        if not state.custom or self.run.preview:
            return None
        if urns.is_provider_type(state.type):
            return self.providers
        return self.providers.ensure(state.provider, self.registrations.snapshot.resources)
