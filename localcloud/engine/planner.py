"""Decide what a registration means, and have it done (pkg/resource/deploy/step_generator.go).

Each registration is served on the thread that its message came on, from the first look at the
state to the last word to the journal. Whoever depends on it is not even sent by the SDK before.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from typing import Any

from . import paths
from . import urn as urns
from .book import Book, Entry, Targets
from .calls import Props
from .diff import apply_replace_on_changes, plain, resolve_unknown
from .errors import EngineError
from .executor import Executor, describe
from .goal import BadRegistration, Goal
from .graph import references
from .model import ResourceState
from .provider_client import CheckFailure, Diff, ProviderClient
from .providers import Manager, ProviderRegistry, default_inputs, default_name
from .replacement import Replacements
from .run import Run
from .urn import ProviderRef


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
        self._defaults: dict[tuple[str, str], str] = {}
        self._defaults_lock = threading.Lock()
        self._component_providers: dict[str, dict[str, str]] = {}

    # --- registrations ------------------------------------------------------------------------

    def register(self, goal: Goal) -> Registered:
        """Bring a resource to its wanted state."""
        self.run.check()
        self.run.bus.blinder.learn(goal.inputs)
        goal.provider = self._provider_for(goal)
        entry = self.book.enter(goal)
        manager = self._manager(goal)
        if not goal.custom:
            self._inherit_providers(entry)
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
            self.executor.adopt(new, manager, mark_delete=entry.old)
            entry.old, entry.imported = new, True
            new = self._new_state(entry)
        old = entry.old
        new.inputs = self._checked(entry, manager)
        if old is None:
            self._mark(entry, "created")
            self.executor.create(new, manager)
        elif self._was_condemned(entry):
            self._create_again(entry, old, new, manager)
        elif old.external:
            self._mark(entry, "replaced")
            self.executor.create(new, manager, mark_delete=old)
        else:
            return self._bring_existing(entry, old, new, manager)
        return new

    def _bring_existing(
        self, entry: Entry, old: ResourceState, new: ResourceState, manager: Manager | None
    ) -> ResourceState:
        diff = self._diff(entry, old, new, manager)
        if self._was_condemned(entry):  # meanwhile, by the replacement of a dependency
            new.inputs = self._checked(entry, manager)
            self._create_again(entry, old, new, manager)
        elif old.pending_replacement or diff.replace():
            self._replace(entry, old, new, manager, diff)
        elif diff.changed or old.init_errors:
            self._mark(entry, "updated")
            self.executor.update(old, new, manager, self._shown(diff, entry.goal))
        elif entry.imported:
            self._mark(entry, "same")
            return old  # it came in just as the program wants it
        else:
            self._mark(entry, "same")
            self.executor.same(old, new)
            if entry.goal.is_provider:
                self.registry.same(self._provider_as_before(old, new))
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

    def _mark(self, entry: Entry, what: str) -> None:
        with self.book.lock:
            self.book.operated.add(entry.urn)
            if what == "replaced":
                self.book.replaced.add(entry.urn)

    def _was_condemned(self, entry: Entry) -> bool:
        with self.book.lock:
            names = {entry.urn, entry.alias} - {""}
            return any(name in self.book.condemned for name in names)

    def _create_again(
        self, entry: Entry, old: ResourceState, new: ResourceState, manager: Manager | None
    ) -> None:
        """Make anew what had to go before the thing that it depends on was replaced."""
        self._mark(entry, "replaced")
        self.replacements.wait_until_gone(entry)
        self.executor.create(new, manager, remove=old)

    def _shown(self, diff: Diff, goal: Goal) -> tuple[str, ...]:
        hidden = [paths.parse(text) for text in goal.hide_diff]
        keys = diff.keys()
        return tuple(
            key for key in keys if not any(paths.contains(h, paths.parse(key)) for h in hidden)
        )

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
        return dict(checked)

    def _provider_says(self, entry: Entry, call: Any) -> Any:
        """Ask a provider something; its refusal names the resource."""
        try:
            return call()
        except EngineError as error:
            text = self.run.bus.blinder.blind(str(error))
            raise InputsRefused(f"{describe(entry.urn)}: {text}") from error

    def _refused(self, entry: Entry, failures: list[CheckFailure]) -> InputsRefused:
        reasons = [f"{f.property}: {f.reason}" if f.property else f.reason for f in failures]
        return InputsRefused(
            self.run.bus.blinder.blind(
                f"{describe(entry.urn)} has inputs that are refused: {'; '.join(reasons)}"
            )
        )

    # --- differences --------------------------------------------------------------------------

    def _diff(
        self, entry: Entry, old: ResourceState, new: ResourceState, manager: Manager | None
    ) -> Diff:
        forced = self._forced_replacement(entry, old, new)
        if forced:
            return Diff(True, replaces=[forced], changes=[forced])
        if manager is None:
            changed = [
                k
                for k in old.inputs.keys() | new.inputs.keys()
                if old.inputs.get(k) != new.inputs.get(k)
            ]
            return Diff(bool(changed), changes=sorted(changed))
        preview = self.run.preview
        diff = self._provider_says(entry, lambda: manager.diff(old, new, preview=preview))
        diff = resolve_unknown(diff, old.inputs, new.inputs, entry.goal.ignore_changes)
        return apply_replace_on_changes(
            diff, entry.goal.replace_on_changes, init_errors=bool(old.init_errors)
        )

    def _forced_replacement(self, entry: Entry, old: ResourceState, new: ResourceState) -> str:
        """Name the reason for a replacement that no provider has to be asked about."""
        if old.taint:
            return "id"
        if plain(old.replacement_trigger) != plain(new.replacement_trigger) and None not in (
            old.replacement_trigger,
            new.replacement_trigger,
        ):
            return "replacementTrigger"
        with self.book.lock:
            if any(urn in self.book.replaced for urn in new.replace_with):
                return "replaceWith"
            if new.deleted_with in self.book.replaced:
                return "deletedWith"
        return "provider" if self._provider_replaced(old, new) else ""

    def _provider_replaced(self, old: ResourceState, new: ResourceState) -> bool:
        """Say whether the change of a provider needs a new resource (providerChanged)."""
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, after = ProviderRef.parse(old.provider), ProviderRef.parse(new.provider)
        if before.id == after.id and self.book.renamed(before.urn) == after.urn:
            return False
        client = self.registry.get(new.provider)
        was, now_ = self.book.olds.get(before.urn), self.book.news.get(after.urn)
        if client is None or was is None or now_ is None:
            return True
        diff = client.diff_config(
            after.urn,
            {k: v for k, v in was.inputs.items() if k != "__internal"},
            was.outputs,
            {k: v for k, v in now_.inputs.items() if k != "__internal"},
        )
        return diff.replace()

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
                f" {', '.join(diff.keys()) or 'its inputs'}."
            )
        if goal.import_id and not self.run.preview:
            raise BadRegistration(
                f"{describe(entry.urn)} was imported and would have to be replaced: remove its"
                " option `import` first."
            )
        new.inputs = self._checked(entry, manager, anew=True)
        self._mark(entry, "replaced")
        keys = self._shown(diff, goal)
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
        self._mark(entry, "same")
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

    # --- providers ----------------------------------------------------------------------------

    def _manager(self, goal: Goal) -> Manager | None:
        if not goal.custom:
            return None
        if goal.is_provider:
            return self.registry
        return self.client(goal.provider)

    def client(self, reference: str) -> ProviderClient:
        """Find the provider that a reference names."""
        client = self.registry.get(reference)
        if client is None:
            client = self.registry.ensure(reference, self.book.snapshot.resources)
        return client

    def _provider_for(self, goal: Goal) -> str:
        """Choose the provider of a resource: its own, its parents', or the default one."""
        if goal.is_provider:
            self._complete_provider(goal)
            return ""
        if not goal.custom:
            return goal.provider
        package = urns.package_of(goal.type)
        said = goal.provider or goal.providers.get(package)
        return said or self.provider_for(package, goal.version, goal.parent)

    def provider_for(self, package: str, version: str, parent: str) -> str:
        """Give the reference of the provider for a package below `parent`."""
        with self.book.lock:
            inherited = self._component_providers.get(parent, {}).get(package)
        return inherited or self.default_provider(package, version)

    def _complete_provider(self, goal: Goal) -> None:
        if goal.version:
            goal.inputs = {**goal.inputs, "__internal": {}, "version": goal.version}

    def _inherit_providers(self, entry: Entry) -> None:
        with self.book.lock:
            above = self._component_providers.get(entry.goal.parent, {})
            self._component_providers[entry.urn] = {**above, **entry.goal.providers}

    def default_provider(self, package: str, version: str) -> str:
        """Give the reference of the default provider, registering it on its first use."""
        with self._defaults_lock:
            reference = self._defaults.get((package, version))
            if reference is None:
                self._allow_default(package)
                config = {} if package == "pulumi" else self.run.config
                goal = Goal(
                    type=urns.PROVIDER_PREFIX + package,
                    name=default_name(version),
                    custom=True,
                    inputs=default_inputs(package, version, config, self.run.secret_keys),
                )
                state = self.register(goal).state
                reference = str(ProviderRef(state.urn, state.id))
                self._defaults[(package, version)] = reference
            return reference

    def _allow_default(self, package: str) -> None:
        """Respect `pulumi:disable-default-providers`."""
        said = self.run.config.get("pulumi:disable-default-providers")
        barred = json.loads(said) if said else []
        if package != "pulumi" and ("*" in barred or package in barred):
            raise BadRegistration(
                f"The stack's configuration disables the default provider of {package!r}:"
                " give the resource an explicit one."
            )
