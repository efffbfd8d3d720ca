"""Ask what it means that an existing resource is to change."""

from __future__ import annotations

from localcloud.engine.planning.property_diff import (
    apply_replace_on_changes,
    plain,
    resolve_unknown,
)
from localcloud.engine.provider.providers import Provider, ProviderRegistry, without_internal
from localcloud.engine.provider.responses import Diff
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.goal import Goal
from localcloud.engine.steps.registrations import Registration, Registrations
from localcloud.engine.steps.run import Run
from localcloud.engine.values import property_paths
from localcloud.engine.values.urns import ProviderRef


def visible_keys(diff: Diff, goal: Goal) -> tuple[str, ...]:
    """Name the properties that differ, without those that the option hideDiffs hides."""
    hidden = [property_paths.parse(text) for text in goal.hide_diff]
    return tuple(
        key
        for key in diff.changed_properties()
        if not any(property_paths.contains(path, property_paths.parse(key)) for path in hidden)
    )


class ResourceDiff:
    """Compares old and new for one run."""

    def __init__(self, run: Run, registrations: Registrations, providers: ProviderRegistry) -> None:
        self.run, self.registrations, self.providers = run, registrations, providers

    def compute(
        self,
        registration: Registration,
        old: ResourceState,
        new: ResourceState,
        provider: Provider | None,
    ) -> Diff:
        """Return what has to be done for `old` to become `new`."""
        forced = self._forced_replacement(old, new)
        if forced:
            return Diff(True, replaces=[forced], changes=[forced])
        if provider is None:
            keys = sorted(old.inputs.keys() | new.inputs.keys())
            changed = [key for key in keys if old.inputs.get(key) != new.inputs.get(key)]
            return Diff(bool(changed), changes=changed)
        diff = provider.diff(old, new, preview=self.run.preview)
        diff = resolve_unknown(diff, old.inputs, new.inputs, registration.goal.ignore_changes)
        return apply_replace_on_changes(
            diff, registration.goal.replace_on_changes, init_errors=bool(old.init_errors)
        )

    def _forced_replacement(self, old: ResourceState, new: ResourceState) -> str:
        """Name the reason for a replacement that no provider has to be asked about."""
        if old.taint:
            return "id"
        if plain(old.replacement_trigger) != plain(new.replacement_trigger) and None not in (
            old.replacement_trigger,
            new.replacement_trigger,
        ):
            return "replacementTrigger"
        with self.registrations.lock:
            if any(urn in self.registrations.replaced_urns for urn in new.replace_with):
                return "replaceWith"
            if new.deleted_with in self.registrations.replaced_urns:
                return "deletedWith"
        return "provider" if self._provider_replaced(old, new) else ""

    def _provider_replaced(self, old: ResourceState, new: ResourceState) -> bool:
        """Return whether the change of a provider needs a new resource (providerChanged)."""
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, after = ProviderRef.parse(old.provider), ProviderRef.parse(new.provider)
        if before.id == after.id and self.registrations.renamed(before.urn) == after.urn:
            return False
        client = self.providers.get(new.provider)
        old_provider = self.registrations.old_states.get(before.urn)
        new_provider = self.registrations.new_states.get(after.urn)
        if client is None or old_provider is None or new_provider is None:
            return True
        diff = client.diff_config(
            after.urn,
            without_internal(old_provider.inputs),
            old_provider.outputs,
            without_internal(new_provider.inputs),
        )
        return diff.needs_replacement()
