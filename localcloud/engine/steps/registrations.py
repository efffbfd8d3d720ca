"""Who is who in one run: URNs, what they were called before, and what became of each."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from localcloud.engine.state.model import ResourceState, Snapshot
from localcloud.engine.steps.goal import Alias, BadRegistration, Goal
from localcloud.engine.values import urn as urns


@dataclass
class Entry:
    """A registration under its URN, with the state that it had so far (maybe by an alias)."""

    urn: str
    goal: Goal
    old: ResourceState | None
    alias: str = ""
    imported: bool = False


class Targets:
    """The resources that a run may touch; none named means all."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = [_glob(pattern) for pattern in patterns]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def include(self, urn: str) -> bool:
        """Say whether a resource may be touched; providers and the stack always may."""
        if not self._patterns or self.name(urn):
            return True
        return urns.is_provider_type(urns.type_of(urn)) or urns.qualified_type(urn) == (
            urns.STACK_TYPE
        )

    def name(self, urn: str) -> bool:
        """Say whether a resource was named."""
        return any(pattern.fullmatch(urn) for pattern in self._patterns)


def _glob(pattern: str) -> re.Pattern[str]:
    parts = [
        "[^:]*".join(re.escape(text) for text in piece.split("*")) for piece in pattern.split("**")
    ]
    return re.compile(".*".join(parts), re.DOTALL)


class Book:
    """Keeps the names of one run; `lock` guards everything in it."""

    def __init__(self, *, stack: str, project: str, snapshot: Snapshot) -> None:
        self.stack, self.project = stack, project
        self.snapshot = snapshot
        self.olds = snapshot.live()
        self.lock = threading.RLock()
        self.news: dict[str, ResourceState] = {}  # what this run registered or read, by URN
        self.goals: dict[str, Goal] = {}
        self.operated: set[str] = set()  # URNs, old and new, that the program still wants
        self.replaced: set[str] = set()
        self.skipped: set[str] = set()  # would be created, but is no target
        self.gone: set[str] = set()  # deleted in this run
        self.condemned: dict[str, threading.Event] = {}  # deleted because of a dependency
        self.removed: set[int] = set()  # id() of instances that are out of the state already
        self._urns: set[str] = set()
        self._aliased: dict[str, str] = {}  # old URN -> the new one that claims it
        self._aliases: dict[str, str] = {}  # new URN -> the old one that it claimed

    def enter(self, goal: Goal) -> Entry:
        """Give a registration its URN and find its old state."""
        with self.lock:
            urn = self.claim(goal.parent, goal.type, goal.name)
            self.goals[urn] = goal
            if goal.parent in self.goals:
                goal.inherit(self.goals[goal.parent])
            old, alias = self._find(urn, goal)
            return Entry(urn, goal, old, alias)

    def _check_parent(self, parent: str) -> None:
        if parent and parent not in self._urns:
            raise BadRegistration(f"The parent {parent} was never registered.")

    def claim(self, parent: str, type_: str, name: str) -> str:
        """Make the URN of a resource; no two resources may have the same."""
        self._check_parent(parent)
        urn = urns.make(self.stack, self.project, parent, type_, name)
        with self.lock:
            if urn in self._urns:
                raise BadRegistration(
                    f"Two resources of type {type_} are called {name!r} ({urn}):"
                    " give one of them another name."
                )
            if urn in self._aliased:
                raise BadRegistration(f"{urn} is already claimed by {self._aliased[urn]}.")
            self._urns.add(urn)
        return urn

    def _find(self, urn: str, goal: Goal) -> tuple[ResourceState | None, str]:
        if urn in self.olds:
            return self.olds[urn], ""
        for alias in self._aliases_of(goal):
            if alias in self.olds and alias != urn:
                self._take_alias(urn, alias)
                return self.olds[alias], alias
        return None, ""

    def _take_alias(self, urn: str, alias: str) -> None:
        holder = alias if alias in self._urns else self._aliased.get(alias)
        if holder:
            raise BadRegistration(f"{urn} has the alias {alias}, which {holder} has already.")
        self._aliased[alias] = urn
        self._aliases[urn] = alias
        self.operated.add(alias)

    def renamed(self, old: str) -> str:
        """Say what an old URN is called now."""
        return self._aliased.get(old, old)

    def _aliases_of(self, goal: Goal) -> list[str]:
        """List the URNs that a resource may have had (generateAliases of the CLI)."""
        given = [self._collapse(alias, goal) for alias in goal.aliases]
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

    def _collapse(self, alias: Alias, goal: Goal) -> str:
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
