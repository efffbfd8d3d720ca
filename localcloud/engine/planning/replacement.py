"""Delete-before-replace: what depends on a resource that goes first, may have to go before it."""

from __future__ import annotations

import threading
from dataclasses import replace

from localcloud.engine.errors import EngineError
from localcloud.engine.events import Op
from localcloud.engine.planning.property_diff import apply_replace_on_changes, resolve_unknown
from localcloud.engine.provider.providers import Manager, ProviderRegistry
from localcloud.engine.state.dependency_graph import depending_on
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.registrations import Book, Entry
from localcloud.engine.steps.run import Run
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import urn as urns
from localcloud.engine.values.urn import ProviderRef
from localcloud.engine.values.values import UNKNOWN


class DependentProtected(EngineError):
    """A replacement would have to delete something that is marked as protected."""


class Replacements:
    """Deletes resources that are replaced, with the dependents that cannot outlive them."""

    def __init__(
        self, run: Run, book: Book, registry: ProviderRegistry, executor: Executor
    ) -> None:
        self.run, self.book = run, book
        self.registry, self.executor = registry, executor

    def delete_first(self, old: ResourceState) -> None:
        """Delete a resource that is about to be made anew, dependents before it."""
        with self.book.lock:
            dependents = [s for s in self._dependents(old) if s.urn not in self.book.condemned]
            self._refuse_protected(old, dependents)
            for state in dependents:
                self.book.condemned[state.urn] = threading.Event()
            self.book.gone.add(old.urn)
            self.book.gone.update(state.urn for state in dependents)
        for state in reversed(dependents):
            self._delete(state)
            self.book.condemned[state.urn].set()
        if not old.pending_replacement:
            self._delete(old)

    def _delete(self, state: ResourceState) -> None:
        manager = None
        if state.custom and not urns.is_provider_type(state.type):
            manager = self.registry.ensure(state.provider, self.book.snapshot.resources)
        if state.pending_replacement:
            return
        comes_back = not state.delete
        self.executor.delete(state, manager, op=Op.DELETE_REPLACED, pending_replacement=comes_back)
        if not comes_back:
            self.book.removed.add(id(state))

    def _refuse_protected(self, old: ResourceState, dependents: list[ResourceState]) -> None:
        for state in dependents:
            if state.protect:
                raise DependentProtected(
                    f"{describe(old.urn)} cannot be replaced: {describe(state.urn)} would have to"
                    " be deleted with it but is protected; take the option `protect` off it first."
                )

    def wait_until_gone(self, entry: Entry) -> None:
        """Wait for the deletion that a condemned resource has ahead of it."""
        with self.book.lock:
            names = (entry.urn, entry.alias)
            events = [self.book.condemned[n] for n in names if n in self.book.condemned]
        for event in events:
            while not event.wait(0.05):
                self.run.check()

    def _dependents(self, root: ResourceState) -> list[ResourceState]:
        """Give the dependents that would be replaced too, dependencies first.

        A dependent is asked about with the inputs that come from a replaced resource unknown
        (calculateDependentReplacements of the CLI). What has been registered already in this run
        does not depend on the root any more.
        """
        replaced = {root.urn}
        found = []
        resources = self.book.snapshot.resources
        settled = self.book.operated
        for state in depending_on(root, resources, ignored=lambda urn: urn in settled):
            if self._falls(state, replaced):
                replaced.add(state.urn)
                found.append(state)
        return found + self._bound(root, {id(state) for state in found})

    def _bound(self, root: ResourceState, known: set[int]) -> list[ResourceState]:
        """Give what says itself that it goes with the root (deletedWith, replaceWith)."""
        return [
            state
            for state in self.book.snapshot.resources
            if id(state) not in known
            and state.urn not in self.book.operated
            and (state.deleted_with == root.urn or root.urn in state.replace_with)
        ]

    def _falls(self, state: ResourceState, replaced: set[str]) -> bool:
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
        news = {k: UNKNOWN if k in changed else value for k, value in state.inputs.items()}
        manager: Manager
        if urns.is_provider_type(state.type):
            self.registry.same(state)
            manager = self.registry
        else:
            manager = self.registry.ensure(state.provider, self.book.snapshot.resources)
        diff = manager.diff(state, replace(state, inputs=news), preview=True)
        diff = resolve_unknown(diff, state.inputs, news, state.ignore_changes)
        return apply_replace_on_changes(diff, state.replace_on_changes, init_errors=False).replace()
