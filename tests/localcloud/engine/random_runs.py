"""Runs that make random steps on a stack, and what must be in its state after each of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from localcloud.engine.backend.backend import StackHandle
from localcloud.engine.state.journal import Journal
from localcloud.engine.state.model import ResourceState, Snapshot
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.stacks import resource

Truth = tuple[frozenset[tuple[str, str, bool]], frozenset[tuple[str, str, str]]]
NAMES = [f"r{number}" for number in range(12)]


def truth_of(snapshot: Snapshot) -> Truth:
    """Return what counts: (urn, id, waits for deletion), and (urn, kind, name) of cut-off steps."""
    things = [(s.urn, s.id, s.delete) for s in snapshot.resources]
    assert len(things) == len(set(things))
    operations = [(o.resource.urn, o.type, str(o.resource.inputs)) for o in
                  snapshot.pending_operations]  # fmt: skip
    return frozenset(things), frozenset(operations)


@dataclass
class RandomRun:
    """One run: visits the names in order, several in flight, some fail, some are cut off.

    `checkpoints` lists (size of the journal, truth) after each record.
    """

    handle: StackHandle
    journal: Journal
    path: Path
    chance: random.Random
    old_states: dict[str, ResourceState]
    things: set[tuple[str, str, bool]]
    operations: set[tuple[str, str, str]]
    checkpoints: list[tuple[int, Truth]] = field(default_factory=list)
    new_states: dict[str, ResourceState] = field(default_factory=dict)
    to_delete: list[ResourceState] = field(default_factory=list)
    serial: int = 0

    def go(self) -> None:
        """Make all steps, then delete what was replaced unless something failed."""
        flying: list[Iterator[None]] = []
        for name in NAMES:
            flying.append(self._step(name))
            while len(flying) > self.chance.randint(0, 3):
                self._advance(flying)
        while flying:
            self._advance(flying)
        if len(self.new_states) == len(NAMES):
            for old in self.to_delete:
                for _ in self._delete(old, waiting=True):
                    pass

    def _advance(self, flying: list[Iterator[None]]) -> None:
        step = self.chance.choice(flying)
        if next(step, "over") == "over":
            flying.remove(step)

    def _step(self, name: str) -> Iterator[None]:
        kinds: list[Callable[[str], Iterator[None]]]
        if name in self.old_states:
            kinds = [self._same, self._changed, self._update, self._create_first]
            kinds += [self._delete_first, self._refreshed]
        else:
            kinds = [self._create, self._create, self._create, self._fail, self._cut_off]
        return self.chance.choice(kinds)(name)

    # each yields where other steps may come in between

    def _same(self, name: str) -> Iterator[None]:
        yield
        self.journal.same(self.old_states[name])
        self.new_states[name] = self.old_states[name]
        self._note()

    def _changed(self, name: str) -> Iterator[None]:
        yield
        new = replace(self._new(name), id=self.old_states[name].id)
        self.journal.same(self.old_states[name], new)
        self.new_states[name] = new
        self._note()

    def _refreshed(self, name: str) -> Iterator[None]:
        old = self.old_states[name]
        self.journal.change(put=replace(old, outputs={"seen": Secret("tell-nobody")}))
        self._note()
        yield from self._same(name)

    def _update(self, name: str) -> Iterator[None]:
        old, new = self.old_states[name], self._new(name)
        token = self._begin("updating", new)
        yield
        self.things -= {(old.urn, old.id, False)}
        self._end(token, "updating", new, add=new, remove=old)

    def _create(self, name: str) -> Iterator[None]:
        new = self._new(name)
        token = self._begin("creating", new)
        yield
        self._end(token, "creating", new, add=new)

    def _fail(self, name: str) -> Iterator[None]:
        new = self._new(name)
        token = self._begin("creating", new)
        yield
        self._end(token, "creating", new)

    def _cut_off(self, name: str) -> Iterator[None]:
        self._begin("creating", self._new(name))
        yield

    def _create_first(self, name: str) -> Iterator[None]:
        old, new = self.old_states[name], self._new(name)
        token = self._begin("creating", new)
        yield
        self.things -= {(old.urn, old.id, False)}
        self.things |= {(old.urn, old.id, True)}
        self._end(token, "creating", new, add=new, mark_delete=old)
        self.to_delete.append(old)

    def _delete_first(self, name: str) -> Iterator[None]:
        old = self.old_states[name]
        token = self._begin("deleting", old)
        yield
        self._end(token, "deleting", old, mark_pending_replacement=old)
        new = self._new(name)
        token = self._begin("creating", new)
        yield
        self.things -= {(old.urn, old.id, False)}
        self._end(token, "creating", new, add=new, remove=old)

    def _delete(self, old: ResourceState, *, waiting: bool) -> Iterator[None]:
        token = self._begin("deleting", old)
        yield
        self.things -= {(old.urn, old.id, waiting)}
        self._end(token, "deleting", old, remove=old)

    def _new(self, name: str) -> ResourceState:
        self.serial += 1
        needs = [n for n in self.new_states if NAMES.index(n) < NAMES.index(name)]
        chosen = self.chance.sample(needs, min(len(needs), self.chance.randint(0, 3)))
        stamp = f"{name}-{self.chance.getrandbits(32):x}-{self.serial}"
        inputs = {"name": stamp, "password": Secret("tell-nobody")}
        return resource(name, *chosen, id=stamp, inputs=inputs)

    def _begin(self, kind: str, state: ResourceState) -> int:
        token = self.journal.begin(kind, state)  # type: ignore[arg-type]  # plain text in tests
        self.operations |= {(state.urn, kind, str(state.inputs))}
        self._note()
        return token

    def _end(
        self,
        token: int,
        kind: str,
        state: ResourceState,
        *,
        add: ResourceState | None = None,
        remove: ResourceState | None = None,
        mark_delete: ResourceState | None = None,
        mark_pending_replacement: ResourceState | None = None,
    ) -> None:
        self.journal.end(
            token,
            add=add,
            remove=remove,
            mark_delete=mark_delete,
            mark_pending_replacement=mark_pending_replacement,
        )
        self.operations -= {(state.urn, kind, str(state.inputs))}
        if add is not None:
            self.things |= {(add.urn, add.id, False)}
            self.new_states[add.urn.rpartition("::")[2]] = add
        self._note()

    def _note(self) -> None:
        truth = frozenset(self.things), frozenset(self.operations)
        self.checkpoints.append((self.path.stat().st_size, truth))


def random_run(handle: StackHandle, journal: Journal, path: Path, snapshot: Snapshot,
               chance: random.Random) -> RandomRun:  # fmt: skip
    """Make a run on a snapshot and let it go."""
    things, operations = truth_of(snapshot)
    old_states = {s.urn.rpartition("::")[2]: s for s in snapshot.resources if not s.delete}
    run = RandomRun(handle, journal, path, chance, old_states, set(things), set(operations))
    run._note()
    for state in snapshot.resources:
        if state.urn.endswith("demo-dev"):
            journal.same(state)
    run.go()
    return run
