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
from localcloud.engine.planning.provider_resolution import ProviderResolution
from localcloud.engine.planning.replacement import Replacements
from localcloud.engine.planning.resource_diff import ResourceDiff, visible_keys
from localcloud.engine.provider.inprocess_grpc import PropertyMap, ProviderError
from localcloud.engine.provider.providers import Provider, ProviderRegistry
from localcloud.engine.provider.responses import CheckFailure, Diff
from localcloud.engine.state.dependency_graph import references
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.executor import Executor
from localcloud.engine.steps.goal import BadRegistration, Goal
from localcloud.engine.steps.import_read import ReadSteps
from localcloud.engine.steps.registrations import Registration, Registrations, Targets
from localcloud.engine.steps.run import Run
from localcloud.engine.steps.step_events import describe
from localcloud.engine.values import property_paths

T = TypeVar("T")


class InputsRefused(EngineError):
    """A provider does not accept a resource's inputs."""


class ProtectedResource(EngineError):
    """A run would delete something that is marked as protected."""


class NotTargeted(EngineError):
    """The named targets need something that is not among them."""


@dataclass
class RegisterResult:
    """What became of a registration; `unknown`: it was left out, so its outputs are not known."""

    state: ResourceState
    unknown: bool = False


class Planner:
    """Serves the registrations and reads of one run."""

    def __init__(
        self,
        run: Run,
        registrations: Registrations,
        providers: ProviderRegistry,
        executor: Executor,
    ) -> None:
        self.run, self.registrations = run, registrations
        self.providers, self.executor = providers, executor
        self.targets = Targets(run.options.targets)
        self.replacements = Replacements(run, registrations, providers, executor)
        self.read_steps = ReadSteps(run, registrations)
        self.resource_diff = ResourceDiff(run, registrations, providers)
        self.provider_resolution = ProviderResolution(
            run, registrations, providers, lambda goal: self.register(goal).state
        )

    # --- registrations ------------------------------------------------------------------------

    def register(self, goal: Goal) -> RegisterResult:
        """Bring a resource to its wanted state."""
        self.run.raise_if_stopping()
        self.run.bus.redactor.learn(goal.inputs)
        goal.provider = self.provider_resolution.reference_of(goal)
        registration = self.registrations.add(goal)
        provider = self.provider_resolution.provider(goal)
        if not goal.custom:
            self.provider_resolution.inherit_providers(registration)
        if not self.targets.include(registration.urn):
            result = self._skip_untargeted(registration)
        else:
            self._check_targets_complete(registration)
            result = RegisterResult(self._apply(registration, provider))
        with self.registrations.lock:
            self.registrations.new_states[registration.urn] = result.state
        return result

    def _apply(self, registration: Registration, provider: Provider | None) -> ResourceState:
        new = registration.new_state()
        if provider is not None and self._is_import(registration):
            self.read_steps.import_resource(new, provider, mark_delete=registration.old)
            registration.old, registration.imported = new, True
            new = registration.new_state()
        old = registration.old
        new.inputs = self._checked_inputs(registration, provider)
        if old is None:
            self.registrations.mark_kept(registration)
            self.executor.create(new, provider)
        elif self.registrations.is_dependent_replacement(registration):
            self._recreate(registration, old, new, provider)
        elif old.external:
            self.registrations.mark_kept(registration, replaces=True)
            self.executor.create(new, provider, mark_delete=old)
        else:
            return self._apply_existing(registration, old, new, provider)
        return new

    def _apply_existing(
        self,
        registration: Registration,
        old: ResourceState,
        new: ResourceState,
        provider: Provider | None,
    ) -> ResourceState:
        diff = self._ask_provider(
            registration, lambda: self.resource_diff.compute(registration, old, new, provider)
        )
        replaces = old.pending_replacement or diff.needs_replacement()
        if not self.registrations.mark_kept(registration, replaces=replaces):
            new.inputs = self._checked_inputs(registration, provider)
            self._recreate(registration, old, new, provider)
        elif replaces:
            self._replace(registration, old, new, provider, diff)
        elif diff.changed or old.init_errors:
            self.executor.update(old, new, provider, visible_keys(diff, registration.goal))
        elif registration.imported:
            return old  # it came in just as the program wants it
        else:
            self.executor.same(old, new)
            if registration.goal.is_provider:
                self._ask_provider(
                    registration, lambda: self.providers.same(self._provider_as_before(old, new))
                )
        return new

    def _provider_as_before(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """Return an unchanged provider under its present name, with the inputs that it had."""
        return ResourceState(
            urn=new.urn, type=new.type, id=old.id, inputs=old.inputs, outputs=old.outputs
        )

    def _recreate(
        self,
        registration: Registration,
        old: ResourceState,
        new: ResourceState,
        provider: Provider | None,
    ) -> None:
        """Create again what was deleted because what it depends on is replaced."""
        self.registrations.mark_recreated(registration)
        self.replacements.wait_for_deletion(registration)
        self.executor.create(new, provider, remove=old)

    # --- inputs -------------------------------------------------------------------------------

    def _checked_inputs(
        self,
        registration: Registration,
        provider: Provider | None,
        *,
        for_replacement: bool = False,
    ) -> PropertyMap:
        """Return the inputs as the provider completes them, those of the old state too
        unless the resource is a new one or `for_replacement`."""
        goal, old = registration.goal, registration.old
        is_new = (
            old is None
            or old.external
            or for_replacement
            or old.taint
            or self.registrations.is_dependent_replacement(registration)
        )
        inputs = goal.inputs
        if not is_new and old is not None:
            inputs = property_paths.ignore_changes(inputs, old.inputs, goal.ignore_changes)
        if provider is None:
            return inputs
        old_inputs = None if is_new or old is None else old.inputs
        seed = os.urandom(32)
        checked, failures = self._ask_provider(
            registration,
            lambda: provider.check(
                registration.urn, old_inputs, inputs, preview=self.run.preview, seed=seed
            ),
        )
        if failures:
            raise self._refused_inputs(registration, failures)
        return checked

    def _ask_provider(self, registration: Registration, call: Callable[[], T]) -> T:
        """Ask a provider something; its refusal names the resource."""
        try:
            return call()
        except ProviderError as error:
            text = self.run.bus.redactor.redact(str(error))
            raise InputsRefused(f"{describe(registration.urn)}: {text}") from error

    def _refused_inputs(
        self, registration: Registration, failures: list[CheckFailure]
    ) -> InputsRefused:
        reasons = [f"{f.property}: {f.reason}" if f.property else f.reason for f in failures]
        return InputsRefused(
            self.run.bus.redactor.redact(
                f"{describe(registration.urn)} has inputs that are refused: {'; '.join(reasons)}"
            )
        )

    # --- replacement --------------------------------------------------------------------------

    def _replace(
        self,
        registration: Registration,
        old: ResourceState,
        new: ResourceState,
        provider: Provider | None,
        diff: Diff,
    ) -> None:
        goal = registration.goal
        if new.protect and old.protect:
            raise ProtectedResource(
                f"{describe(registration.urn)} would have to be replaced but is protected: take the"
                " option `protect` off it first, or undo the change of"
                f" {', '.join(diff.changed_properties()) or 'its inputs'}."
            )
        if goal.import_id and not self.run.preview:
            raise BadRegistration(
                f"{describe(registration.urn)} was imported and would have to be replaced:"
                " remove its option `import` first."
            )
        new.inputs = self._checked_inputs(registration, provider, for_replacement=True)
        keys = visible_keys(diff, goal)
        delete_first = diff.delete_before_replace
        if goal.delete_before_replace is not None:
            delete_first = goal.delete_before_replace
        if delete_first or old.pending_replacement:
            self.replacements.delete_before_replace(old)
            self.executor.create(new, provider, remove=old, keys=keys)
        else:
            self.executor.create(new, provider, mark_delete=old, keys=keys)

    # --- imports ------------------------------------------------------------------------------

    def _is_import(self, registration: Registration) -> bool:
        goal, old = registration.goal, registration.old
        if not goal.import_id:
            return False
        return old is None or old.external or (old.import_id or old.id) != goal.import_id

    # --- targets ------------------------------------------------------------------------------

    def _skip_untargeted(self, registration: Registration) -> RegisterResult:
        """Leave a resource that is no target as it is."""
        old = registration.old
        if old is None:
            with self.registrations.lock:
                self.registrations.skipped_creates.add(registration.urn)
            return RegisterResult(registration.new_state(), unknown=True)
        self.registrations.mark_kept(registration)
        self.run.journal.same(old)
        self.run.bus.redactor.learn(old.outputs)
        return RegisterResult(old)

    def _check_targets_complete(self, registration: Registration) -> None:
        if not self.targets or registration.goal.is_provider:
            return
        new = registration.new_state()
        with self.registrations.lock:
            missing = [urn for urn in references(new) if urn in self.registrations.skipped_creates]
        if missing:
            raise NotTargeted(
                f"{describe(registration.urn)} needs {describe(missing[0])}, which does not exist"
                f" yet and is no target: name {missing[0]} as well."
            )
