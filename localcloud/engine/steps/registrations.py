"""Who is who in one run: URNs, what they were called before, and what became of each."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from localcloud.engine.state.model import ResourceState, Snapshot
from localcloud.engine.steps.goal import Alias, BadRegistration, Goal
from localcloud.engine.values import urns


@dataclass
class Registration:
    """A registration under its URN, with its old state (maybe found by an alias)."""

    urn: str
    goal: Goal
    old: ResourceState | None
    alias: str = ""
    imported: bool = False

    def new_state(self) -> ResourceState:
        """Return the state that the goal describes, with what the old one keeps."""
        goal, old = self.goal, self.old
        return ResourceState(
            urn=self.urn,
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
            aliases=[self.alias] if self.alias else [],
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


class Targets:
    """The resources that a run may touch; none named means all."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = [_glob(pattern) for pattern in patterns]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def include(self, urn: str) -> bool:
        """Return whether a resource may be touched; providers and the stack always may."""
        if not self._patterns or self.name(urn):
            return True
        return urns.is_provider_type(urns.type_of(urn)) or urns.qualified_type(urn) == (
            urns.STACK_TYPE
        )

    def name(self, urn: str) -> bool:
        """Return whether a resource was named."""
        return any(pattern.fullmatch(urn) for pattern in self._patterns)


def _glob(pattern: str) -> re.Pattern[str]:
    parts = [
        "[^:]*".join(re.escape(text) for text in piece.split("*")) for piece in pattern.split("**")
    ]
    return re.compile(".*".join(parts), re.DOTALL)


class Registrations:
    """The registration table of one run; `lock` guards everything in it."""

    def __init__(self, *, stack: str, project: str, snapshot: Snapshot) -> None:
        self.stack, self.project = stack, project
        self.snapshot = snapshot
        self.old_states = snapshot.live()
        self.lock = threading.RLock()
        self.new_states: dict[str, ResourceState] = {}  # what this run registered or read, by URN
        self.goals: dict[str, Goal] = {}
        self.kept_urns: set[str] = set()  # old and new ones, of what stays: nothing deletes it
        self.replaced_urns: set[str] = set()
        self.skipped_creates: set[str] = set()  # would be created, but is no target
        self.deleted_urns: set[str] = set()  # deleted in this run
        # URNs of what is deleted and created again with what it depends on; set once it is deleted
        self.dependent_replacements: dict[str, threading.Event] = {}
        self.removed_instances: set[int] = set()  # id() of those that are out of the state already
        self._claimed_urns: set[str] = set()
        self._aliased: dict[str, str] = {}  # old URN -> the new one that claims it
        self._aliases: dict[str, str] = {}  # new URN -> the old one that it claimed

    def add(self, goal: Goal) -> Registration:
        """Give a registration its URN and find its old state."""
        with self.lock:
            urn = self.claim_urn(goal.parent, goal.type, goal.name)
            self.goals[urn] = goal
            if goal.parent in self.goals:
                goal.inherit(self.goals[goal.parent])
            old, alias = self._find(urn, goal)
            return Registration(urn, goal, old, alias)

    def mark_kept(self, registration: Registration, *, replaces: bool = False) -> bool:
        """Mark a resource as kept; False if it has to be deleted and created again.

        The latter happens when something that it depended on is deleted before its replacement.
        """
        with self.lock:
            if self.is_dependent_replacement(registration):
                return False
            self.kept_urns.add(registration.urn)
            if replaces:
                self.replaced_urns.add(registration.urn)
            return True

    def is_dependent_replacement(self, registration: Registration) -> bool:
        """Return whether a resource is deleted and created again with what it depends on."""
        with self.lock:
            names = {registration.urn, registration.alias} - {""}
            return any(name in self.dependent_replacements for name in names)

    def mark_recreated(self, registration: Registration) -> None:
        """Mark a dependent replacement as kept and replaced."""
        with self.lock:
            self.kept_urns.add(registration.urn)
            self.replaced_urns.add(registration.urn)

    def _check_parent(self, parent: str) -> None:
        if parent and parent not in self._claimed_urns:
            raise BadRegistration(f"The parent {parent} was never registered.")

    def claim_urn(self, parent: str, type_: str, name: str) -> str:
        """Make the URN of a resource; no two resources may have the same."""
        self._check_parent(parent)
        urn = urns.make(self.stack, self.project, parent, type_, name)
        with self.lock:
            if urn in self._claimed_urns:
                raise BadRegistration(
                    f"Two resources of type {type_} are called {name!r} ({urn}):"
                    " give one of them another name."
                )
            if urn in self._aliased:
                raise BadRegistration(f"{urn} is already claimed by {self._aliased[urn]}.")
            self._claimed_urns.add(urn)
        return urn

    def _find(self, urn: str, goal: Goal) -> tuple[ResourceState | None, str]:
        if urn in self.old_states:
            return self.old_states[urn], ""
        for alias in self._aliases_of(goal):
            if alias in self.old_states and alias != urn:
                self._claim_alias(urn, alias)
                return self.old_states[alias], alias
        return None, ""

    def _claim_alias(self, urn: str, alias: str) -> None:
        holder = alias if alias in self._claimed_urns else self._aliased.get(alias)
        if holder:
            raise BadRegistration(f"{urn} has the alias {alias}, which {holder} has already.")
        self._aliased[alias] = urn
        self._aliases[urn] = alias
        self.kept_urns.add(alias)

    def renamed(self, old: str) -> str:
        """Return what an old URN is called now."""
        return self._aliased.get(old, old)

    def _aliases_of(self, goal: Goal) -> list[str]:
        """List the URNs that a resource may have had (generateAliases of the CLI)."""
        given = [self._collapse_alias(alias, goal) for alias in goal.aliases]
        parent_alias = self._aliases.get(goal.parent)
        inherited = []
        if parent_alias:
            names = [(goal.type, goal.name)]
            names += [(urns.type_of(urn), urns.name_of(urn)) for urn in given]
            inherited = [self._inherited(t, n, goal.parent, parent_alias) for t, n in names]
        return list(dict.fromkeys(given + inherited))

    def _inherited(self, type_: str, name: str, parent: str, parent_alias: str) -> str:
        return urns.inherited_alias(
            stack=self.stack,
            project=self.project,
            child_type=type_,
            child_name=name,
            parent_name=urns.name_of(parent),
            alias=parent_alias,
        )

    def _collapse_alias(self, alias: Alias, goal: Goal) -> str:
        if alias.urn:
            return alias.urn
        parent = goal.parent
        if alias.parent:
            parent = self._aliases.get(alias.parent, alias.parent)
        return urns.make(
            alias.stack or self.stack,
            alias.project or self.project,
            "" if alias.no_parent else parent,
            alias.type or goal.type,
            alias.name or goal.name,
        )
