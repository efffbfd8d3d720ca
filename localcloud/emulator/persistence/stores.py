"""MiniStack's services as stores of entries, and what has changed in them since last asked.

Every service module has `get_state()`: what must survive, by name. Most of them only copy their
stores; for those (seen in their source) the stores are read in place, entry by entry. The others
build something new; their whole state is compared, unless service_readers has a special one.
"""

from __future__ import annotations

import ast
import inspect
import json
import logging
import textwrap
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from ministack.core.persistence import _json_default
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from localcloud.emulator.persistence import journal
from localcloud.emulator.persistence.access_tracking import untracked
from localcloud.emulator.persistence.write_shadow import Change, Digests, Shadow

log = logging.getLogger("microstack.durability")
SCOPED = (AccountScopedDict, AccountRegionScopedDict)

LAZY = frozenset({"cloudwatch", "cloudwatch_logs", "iam"})
"""Looked up by nearly every request (who calls, what to log), changed by few: a request waits for
these only when it was sent to them; for all others the sweep is soon enough."""

Shape = Callable[[Any], Any]
Live = Callable[[], Any]


def encode(value: Any) -> str:
    """JSON as MiniStack reads it back."""
    return json.dumps(value, default=_json_default)


def kind_of(value: Any) -> str | None:
    """MiniStack's marker of a scoped store; None for a plain value."""
    if isinstance(value, AccountRegionScopedDict):
        return "__account_region_scoped__"
    return "__scoped__" if isinstance(value, AccountScopedDict) else None


def entry_key(key: Any) -> str:
    """An entry's key as MiniStack writes it: scope, NUL, the key's repr."""
    return "\x00".join([*key[:-1], repr(key[-1])])


@dataclass
class SavedEntry:
    """An entry as it is on disk."""

    node: Digests
    written: bool
    """By this process, so that it is known to the letter. What MiniStack loaded may differ from
    what is on disk (it migrates old shapes), so its first change writes all of it."""


@dataclass(eq=False)
class Store:
    """One name in a service's state."""

    service: str
    name: str
    live: Live
    shape: Shape | None = None
    """Makes what is saved out of a live entry; never changes it."""
    shadow: Shadow = field(default_factory=lambda: Shadow(encode))
    saved: dict[Any, SavedEntry] = field(default_factory=dict)

    def waits_for_sweep(self, routed: set[str]) -> bool:
        """Whether a request that was sent to these services need not wait for this store."""
        return self.service in LAZY and self.service not in routed

    def prime(self) -> None:
        """Take everything for written: it was just loaded."""
        for key, value in self._entries():
            self.saved[key] = SavedEntry(self.shadow.node(self._shaped(value)), written=False)

    def invalidate(self) -> None:
        """Write everything next time: what was found last time may not have been written."""
        for known in self.saved.values():
            known.node, known.written = 0, False

    def changes(self, keys: Iterable[Any] | None = None) -> Iterator[str]:
        """Journal lines for what differs from disk, among these keys or all."""
        if keys is None or kind_of(self.live()) is None:
            yield from self._all_changes()
            return
        data = self.live()._data
        for key in keys:
            if key in data:
                yield from self._entry_changes(key, dict.__getitem__(data, key))
            else:
                yield from self._removed(key)

    def _all_changes(self) -> Iterator[str]:
        entries = self._entries()
        for key in self.saved.keys() - {key for key, _ in entries}:
            yield from self._removed(key)
        for key, value in entries:
            yield from self._entry_changes(key, value)

    def _entries(self) -> list[tuple[Any, Any]]:
        value = self.live()
        return [(None, value)] if kind_of(value) is None else list(dict.items(value._data))

    def _entry_changes(self, key: Any, value: Any) -> Iterator[str]:
        value = self._shaped(value)
        known = self.saved.get(key)
        if known is None:
            steps = self._write(key, value)
        else:
            known.node, steps = self.shadow.changes(known.node, value)
            if steps and not known.written:
                steps = self._write(key, value)
        for step in steps:
            yield journal.line(self._address(key), step)

    def _write(self, key: Any, value: Any) -> list[Change]:
        fresh, steps = self.shadow.replaced(value)
        self.saved[key] = SavedEntry(fresh, written=True)
        return steps

    def _removed(self, key: Any) -> Iterator[str]:
        if self.saved.pop(key, None) is not None:
            yield journal.line(self._address(key), Change((), None))

    def _shaped(self, value: Any) -> Any:
        return self.shape(value) if self.shape else value

    def _address(self, key: Any) -> journal.Entry:
        kind = kind_of(self.live())
        return self.service, self.name, kind, entry_key(key) if kind else ""


class Service:
    """One service: its stores, or its whole state where those cannot be read in place."""

    def __init__(self, name: str, module: ModuleType, stores: list[Store] | None) -> None:
        self.name = name
        self.module = module
        self.in_place = stores is not None
        self._stores = {store.name: store for store in stores or []}

    def tracked(self) -> dict[Hashable, Store | Service]:
        """What to look at when one of MiniStack's stores was accessed: a store, or all of this."""
        if self.in_place:
            return {s.live(): s for s in self._stores.values() if kind_of(s.live())}
        values = list(vars(self.module).values())
        return {value: self for value in values if isinstance(value, SCOPED)}

    def waits_for_sweep(self, routed: set[str]) -> bool:
        """As Store's."""
        return self.name in LAZY and self.name not in routed

    def stores(self) -> list[Store]:
        """All stores, with their present values where they are not read in place."""
        if not self.in_place:
            with untracked():
                for name, value in self._state().items():
                    self._built(name).live = _constant(value)
        return list(self._stores.values())

    def _state(self) -> dict[str, Any]:
        for _ in range(5):
            try:
                return self.module.get_state() or {}
            except RuntimeError:  # a store changed while it was being copied, by a thread
                continue
        return self.module.get_state() or {}

    def untracked_stores(self) -> list[Store]:
        """Stores that cannot be tracked: they are looked at whenever the service is called."""
        if not self.in_place:
            return self.stores()
        return [store for store in self._stores.values() if kind_of(store.live()) is None]

    def _built(self, name: str) -> Store:
        return self._stores.setdefault(name, Store(self.name, name, _constant({})))


def _constant(value: Any) -> Live:
    return lambda: value


def stores_in_place(name: str, module: ModuleType) -> list[Store] | None:
    """The service's stores if its get_state() does nothing but copy them, else None."""
    names = copied_names(module.get_state)
    if names is None:
        return None
    return [Store(name, key, _global(module, variable)) for key, variable in names.items()]


def _global(module: ModuleType, variable: str) -> Live:
    return lambda: getattr(module, variable)


def copied_names(function: Callable[..., Any]) -> dict[str, str] | None:
    """Key to global variable, for a function that is just `return {"key": copy.deepcopy(_var)}`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = [part for part in tree.body if not isinstance(part, ast.Expr | ast.Import)]
    if len(body) == 1 and isinstance(body[0], ast.With):
        body = body[0].body
    if len(body) != 1 or not isinstance(body[0], ast.Return):
        return None
    returned = body[0].value
    if not isinstance(returned, ast.Dict):
        return None
    pairs = [_pair(key, value) for key, value in zip(returned.keys, returned.values, strict=True)]
    return None if None in pairs else dict(filter(None, pairs))


def _pair(key: ast.expr | None, value: ast.expr) -> tuple[str, str] | None:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "copy.deepcopy":
        value = value.args[0]
    if isinstance(key, ast.Constant) and isinstance(value, ast.Name):
        return str(key.value), value.id
    return None
