"""Decide what a registration means, and have it done (pkg/resource/deploy/step_generator.go).

Each registration is served on the thread that its message came on, from the first look at the
state to the last word to the journal. Whoever depends on it is not even sent by the SDK before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from localcloud.engine.errors import EngineError
from localcloud.engine.planning.provider_resolution import ProviderChoice
from localcloud.engine.planning.replacement import Replacements
from localcloud.engine.planning.resource_diff import Differences, shown
from localcloud.engine.provider.inprocess_grpc import Props, ProviderError
from localcloud.engine.provider.providers import Manager, ProviderRegistry
from localcloud.engine.provider.responses import CheckFailure, Diff
from localcloud.engine.state.dependency_graph import references
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.goal import BadRegistration, Goal
from localcloud.engine.steps.import_read import Fetcher
from localcloud.engine.steps.registrations import Book, Entry, Targets
from localcloud.engine.steps.run import Run
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import property_paths as paths

T = TypeVar("T")


class InputsRefused(EngineError):
    """A provider does not accept a resource's inputs."""


class ProtectedResource(EngineError):
    """A run would delete something that is marked as protected."""


class NotTargeted(EngineError):
    """The named targets need something that is not among them."""


@dataclass
class Registered:
    """What became of a registration; `unknown`: it was left out, so its outputs are not known."""

    state: ResourceState
    unknown: bool = False


class Planner:
    """Serves the registrations and reads of one run."""

    def __init__(
        self, run: Run, book: Book, registry: ProviderRegistry, executor: Executor
    ) -> None:
        self.run, self.book = run, book
        self.registry, self.executor = registry, executor
        self.targets = Targets(run.options.targets)
        self.replacements = Replacements(run, book, registry, executor)
        self.fetcher = Fetcher(run, book)
        self.differences = Differences(run, book, registry)
        self.choice = ProviderChoice(run, book, registry, lambda goal: self.register(goal).state)

    # --- registrations ------------------------------------------------------------------------

    def register(self, goal: Goal) -> Registered:
        """Bring a resource to its wanted state."""
        self.run.check()
        self.run.bus.blinder.learn(goal.inputs)
        goal.provider = self.choice.of(goal)
        entry = self.book.enter(goal)
        manager = self.choice.manager(goal)
        if not goal.custom:
            self.choice.pass_on(entry)
        if not self.targets.include(entry.urn):
            done = self._leave(entry)
        else:
            self._check_targets_complete(entry)
            done = Registered(self._bring(entry, manager))
        with self.book.lock:
            self.book.news[entry.urn] = done.state
        return done

    def _bring(self, entry: Entry, manager: Manager | None) -> ResourceState:
        new = self._new_state(entry)
        if manager is not None and self._is_import(entry):
            self.fetcher.adopt(new, manager, mark_delete=entry.old)
            entry.old, entry.imported = new, True
            new = self._new_state(entry)
        old = entry.old
        new.inputs = self._checked(entry, manager)
        if old is None:
            self._decide(entry)
            self.executor.create(new, manager)
        elif self._was_condemned(entry):
            self._create_again(entry, old, new, manager)
        elif old.external:
            self._decide(entry, replaces=True)
            self.executor.create(new, manager, mark_delete=old)
        else:
            return self._bring_existing(entry, old, new, manager)
        return new

    def _bring_existing(
        self, entry: Entry, old: ResourceState, new: ResourceState, manager: Manager | None
    ) -> ResourceState:
        diff = self._provider_says(entry, lambda: self.differences.find(entry, old, new, manager))
        replaces = old.pending_replacement or diff.replace()
        if not self._decide(entry, replaces=replaces):
            new.inputs = self._checked(entry, manager)
            self._create_again(entry, old, new, manager)
        elif replaces:
            self._replace(entry, old, new, manager, diff)
        elif diff.changed or old.init_errors:
            self.executor.update(old, new, manager, shown(diff, entry.goal))
        elif entry.imported:
            return old  # it came in just as the program wants it
        else:
            self.executor.same(old, new)
            if entry.goal.is_provider:
                self._provider_says(
                    entry, lambda: self.registry.same(self._provider_as_before(old, new))
                )
        return new

    def _provider_as_before(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """Give an unchanged provider under its present name, with the inputs that it had."""
        return ResourceState(
            urn=new.urn, type=new.type, id=old.id, inputs=old.inputs, outputs=old.outputs
        )

    def _new_state(self, entry: Entry) -> ResourceState:
        goal, old = entry.goal, entry.old
        return ResourceState(
            urn=entry.urn,
            type=goal.type,
            custom=goal.custom,
            inputs=goal.inputs,
            parent=goal.parent,
            provider=goal.provider,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            protect=bool(goal.protect),
            retain_on_delete=bool(goal.retain_on_delete),
            deleted_with=goal.deleted_with,
            replace_with=goal.replace_with,
            replacement_trigger=goal.replacement_trigger,
            additional_secret_outputs=goal.additional_secret_outputs,
            aliases=[entry.alias] if entry.alias else [],
            custom_timeouts=goal.timeouts or None,
            import_id=goal.import_id,
            ignore_changes=goal.ignore_changes,
            hide_diff=list(goal.hide_diff),
            replace_on_changes=goal.replace_on_changes,
            source_position=goal.source_position,
            created=old.created if old else "",
            modified=old.modified if old else "",
            stack_trace=old.stack_trace if old else [],
            extra=old.extra if old else {},
        )

    def _decide(self, entry: Entry, *, replaces: bool = False) -> bool:
        """Settle that a resource stays, unless it was decided meanwhile that it has to go.

        That happens when something is replaced, deletion first, on which it used to depend.
        """
        with self.book.lock:
            if self._was_condemned(entry):
                return False
            self.book.operated.add(entry.urn)
            if replaces:
                self.book.replaced.add(entry.urn)
            return True

    def _was_condemned(self, entry: Entry) -> bool:
        with self.book.lock:
            names = {entry.urn, entry.alias} - {""}
            return any(name in self.book.condemned for name in names)

    def _create_again(
        self, entry: Entry, old: ResourceState, new: ResourceState, manager: Manager | None
    ) -> None:
        """Make anew what had to go before the thing that it depends on was replaced."""
        with self.book.lock:
            self.book.operated.add(entry.urn)
            self.book.replaced.add(entry.urn)
        self.replacements.wait_until_gone(entry)
        self.executor.create(new, manager, remove=old)

    # --- inputs -------------------------------------------------------------------------------

    def _checked(self, entry: Entry, manager: Manager | None, *, anew: bool = False) -> Props:
        """Give the inputs as the provider completes them; `anew`: without looking back."""
        goal, old = entry.goal, entry.old
        fresh = old is None or old.external or anew or old.taint or self._was_condemned(entry)
        inputs = goal.inputs
        if not fresh and old is not None:
            inputs = paths.ignore_changes(inputs, old.inputs, goal.ignore_changes)
        if manager is None:
            return inputs
        olds = None if fresh or old is None else old.inputs
        seed = os.urandom(32)
        checked, failures = self._provider_says(
            entry,
            lambda: manager.check(entry.urn, olds, inputs, preview=self.run.preview, seed=seed),
        )
        if failures:
            raise self._refused(entry, failures)
        return checked

    def _provider_says(self, entry: Entry, call: Callable[[], T]) -> T:
        """Ask a provider something; its refusal names the resource."""
        try:
            return call()
        except ProviderError as error:
            text = self.run.bus.blinder.blind(str(error))
            raise InputsRefused(f"{describe(entry.urn)}: {text}") from error

    def _refused(self, entry: Entry, failures: list[CheckFailure]) -> InputsRefused:
        reasons = [f"{f.property}: {f.reason}" if f.property else f.reason for f in failures]
        return InputsRefused(
            self.run.bus.blinder.blind(
                f"{describe(entry.urn)} has inputs that are refused: {'; '.join(reasons)}"
            )
        )

    # --- replacement --------------------------------------------------------------------------

    def _replace(
        self,
        entry: Entry,
        old: ResourceState,
        new: ResourceState,
        manager: Manager | None,
        diff: Diff,
    ) -> None:
        goal = entry.goal
        if new.protect and old.protect:
            raise ProtectedResource(
                f"{describe(entry.urn)} would have to be replaced but is protected: take the"
                " option `protect` off it first, or undo the change of"
                f" {', '.join(diff.differing()) or 'its inputs'}."
            )
        if goal.import_id and not self.run.preview:
            raise BadRegistration(
                f"{describe(entry.urn)} was imported and would have to be replaced: remove its"
                " option `import` first."
            )
        new.inputs = self._checked(entry, manager, anew=True)
        keys = shown(diff, goal)
        first = diff.delete_before_replace
        if goal.delete_before_replace is not None:
            first = goal.delete_before_replace
        if first or old.pending_replacement:
            self.replacements.delete_first(old)
            self.executor.create(new, manager, remove=old, keys=keys)
        else:
            self.executor.create(new, manager, mark_delete=old, keys=keys)

    # --- imports ------------------------------------------------------------------------------

    def _is_import(self, entry: Entry) -> bool:
        goal, old = entry.goal, entry.old
        if not goal.import_id:
            return False
        return old is None or old.external or (old.import_id or old.id) != goal.import_id

    # --- targets ------------------------------------------------------------------------------

    def _leave(self, entry: Entry) -> Registered:
        """Leave a resource that is no target as it is."""
        old = entry.old
        if old is None:
            with self.book.lock:
                self.book.skipped.add(entry.urn)
            return Registered(self._new_state(entry), unknown=True)
        self._decide(entry)
        self.run.record.same(old)
        self.run.bus.blinder.learn(old.outputs)
        return Registered(old)

    def _check_targets_complete(self, entry: Entry) -> None:
        if not self.targets or entry.goal.is_provider:
            return
        new = self._new_state(entry)
        with self.book.lock:
            missing = [urn for urn in references(new) if urn in self.book.skipped]
        if missing:
            raise NotTargeted(
                f"{describe(entry.urn)} needs {describe(missing[0])}, which does not exist yet and"
                f" is no target: name {missing[0]} as well."
            )
