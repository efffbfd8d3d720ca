"""Delete-before-replace: what depends on a resource that goes first, may have to go before it."""

from __future__ import annotations

import threading
from dataclasses import replace

from localcloud.engine.errors import EngineError
from localcloud.engine.events import Op
from localcloud.engine.planning.property_diff import apply_replace_on_changes, resolve_unknown
from localcloud.engine.provider.providers import Provider, ProviderRegistry
from localcloud.engine.state.dependency_graph import depending_on
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Registration, Registrations
from localcloud.engine.steps.run import Run
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import urns
from localcloud.engine.values.urns import ProviderRef
from localcloud.engine.values.values import UNKNOWN


class DependentProtected(EngineError):
    """A replacement would have to delete something that is marked as protected."""


class Replacements:
    """Deletes resources that are replaced, with the dependents that cannot outlive them."""

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        providers: ProviderRegistry,
        executor: Executor,
    ) -> None:
        self.run, self.registrations = run, registrations
        self.providers, self.executor = providers, executor

    def delete_before_replace(self, old: ResourceState) -> None:
        """Delete a resource that is about to be created again, dependents before it."""
        with self.registrations.lock:
            dependents = [
                s
                for s in self._dependents(old)
                if s.urn not in self.registrations.dependent_replacements
            ]
            self._refuse_protected(old, dependents)
            for state in dependents:
                self.registrations.dependent_replacements[state.urn] = threading.Event()
            self.registrations.deleted_urns.add(old.urn)
            self.registrations.deleted_urns.update(state.urn for state in dependents)
        for state in reversed(dependents):
            self._delete(state)
            self.registrations.dependent_replacements[state.urn].set()
        if not old.pending_replacement:
            self._delete(old)

    def _delete(self, state: ResourceState) -> None:
        provider = None
        if state.custom and not urns.is_provider_type(state.type):
            provider = self.providers.ensure(state.provider, self.registrations.snapshot.resources)
        if state.pending_replacement:
            return
        is_recreated = not state.delete
        self.executor.delete(
            state, provider, op=Op.DELETE_REPLACED, pending_replacement=is_recreated
        )
        if not is_recreated:
            self.registrations.removed_instances.add(id(state))

    def _refuse_protected(self, old: ResourceState, dependents: list[ResourceState]) -> None:
        for state in dependents:
            if state.protect:
                raise DependentProtected(
                    f"{describe(old.urn)} cannot be replaced: {describe(state.urn)} would have to"
                    " be deleted with it but is protected; take the option `protect` off it first."
                )

    def wait_for_deletion(self, registration: Registration) -> None:
        """Wait for the deletion of a resource that is replaced with one that it depends on."""
        with self.registrations.lock:
            names = (registration.urn, registration.alias)
            events = [
                self.registrations.dependent_replacements[n]
                for n in names
                if n in self.registrations.dependent_replacements
            ]
        for event in events:
            while not event.wait(0.05):
                self.run.raise_if_stopping()

    def _dependents(self, root: ResourceState) -> list[ResourceState]:
        """Return the dependents that would be replaced too, dependencies first.

        A dependent is asked about with the inputs that come from a replaced resource unknown
        (calculateDependentReplacements of the CLI). What has been registered already in this run
        does not depend on the root any more.
        """
        replaced = {root.urn}
        found = []
        resources = self.registrations.snapshot.resources
        for state in depending_on(
            root, resources, ignored=self.registrations.kept_urns.__contains__
        ):
            if self._requires_replacement(state, replaced):
                replaced.add(state.urn)
                found.append(state)
        return found + self._linked_by_option(root, {id(state) for state in found})

    def _linked_by_option(self, root: ResourceState, known: set[int]) -> list[ResourceState]:
        """Return what names the root in its options deletedWith or replaceWith."""
        return [
            state
            for state in self.registrations.snapshot.resources
            if id(state) not in known
            and state.urn not in self.registrations.kept_urns
            and (state.deleted_with == root.urn or root.urn in state.replace_with)
        ]

    def _requires_replacement(self, state: ResourceState, replaced: set[str]) -> bool:
        if not state.custom or state.external:
            return False
        if state.provider and ProviderRef.parse(state.provider).urn in replaced:
            return True
        if state.deleted_with in replaced:
            return True
        changed = {
            key
            for key, dependencies in state.property_dependencies.items()
            if key in state.inputs and any(urn in replaced for urn in dependencies)
        }
        return bool(changed) and self._needs_replacement(state, changed)

    def _needs_replacement(self, state: ResourceState, changed: set[str]) -> bool:
        new_inputs = {k: UNKNOWN if k in changed else value for k, value in state.inputs.items()}
        provider: Provider
        if urns.is_provider_type(state.type):
            self.providers.same(state)
            provider = self.providers
        else:
            provider = self.providers.ensure(state.provider, self.registrations.snapshot.resources)
        diff = provider.diff(state, replace(state, inputs=new_inputs), preview=True)
        diff = resolve_unknown(diff, state.inputs, new_inputs, state.ignore_changes)
        return apply_replace_on_changes(
            diff, state.replace_on_changes, init_errors=False
        ).needs_replacement()
