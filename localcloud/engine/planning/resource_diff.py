"""Ask what it means that an existing resource is to change."""

from __future__ import annotations

from localcloud.engine.planning.property_diff import (
    apply_replace_on_changes,
    plain,
    resolve_unknown,
)
from localcloud.engine.provider.providers import Manager, ProviderRegistry, without_internal
from localcloud.engine.provider.responses import Diff
from localcloud.engine.state.model import ResourceState
from localcloud.engine.steps.goal import Goal
from localcloud.engine.steps.registrations import Book, Entry
from localcloud.engine.steps.run import Run
from localcloud.engine.values import property_paths as paths
from localcloud.engine.values.urn import ProviderRef


def shown(diff: Diff, goal: Goal) -> tuple[str, ...]:
    """Name the properties that differ, without those that the option hideDiffs hides."""
    hidden = [paths.parse(text) for text in goal.hide_diff]
    return tuple(
        key
        for key in diff.differing()
        if not any(paths.contains(place, paths.parse(key)) for place in hidden)
    )


class Differences:
    """Compares old and new for one run."""

    def __init__(self, run: Run, book: Book, registry: ProviderRegistry) -> None:
        self.run, self.book, self.registry = run, book, registry

    def find(
        self, entry: Entry, old: ResourceState, new: ResourceState, manager: Manager | None
    ) -> Diff:
        """Say what it means that `old` is to become `new`."""
        forced = self._forced_replacement(old, new)
        if forced:
            return Diff(True, replaces=[forced], changes=[forced])
        if manager is None:
            keys = sorted(old.inputs.keys() | new.inputs.keys())
            changed = [key for key in keys if old.inputs.get(key) != new.inputs.get(key)]
            return Diff(bool(changed), changes=changed)
        diff = manager.diff(old, new, preview=self.run.preview)
        diff = resolve_unknown(diff, old.inputs, new.inputs, entry.goal.ignore_changes)
        return apply_replace_on_changes(
            diff, entry.goal.replace_on_changes, init_errors=bool(old.init_errors)
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
            without_internal(was.inputs),
            was.outputs,
            without_internal(now_.inputs),
        )
        return diff.replace()
