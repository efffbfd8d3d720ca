"""Access tracking: the entries of MiniStack's stores that a request may have changed.

MiniStack changes entries in place, so a write cannot be seen as such. But every path to an entry
goes through its store, so what was not looked up was not changed. What a request looked up is noted
in the request's own context (which MiniStack hands on to its threads), and once more for the sweep.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, ItemsView, Iterator, ValuesView
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

ALL: None = None
"""Instead of a set of keys: the whole store."""


class Accesses:
    """Stores and the keys looked up in them; ALL for the whole store."""

    __slots__ = ("stores", "services")

    def __init__(self) -> None:
        self.stores: dict[Hashable, set[Any] | None] = {}
        self.services: set[str] = set()
        """Modules that requests were routed to."""

    def add(self, store: Hashable, key: Any) -> None:
        """Note one entry."""
        keys = self.stores.setdefault(store, set())
        if keys is not None:
            keys.add(key)

    def add_all(self, store: Hashable) -> None:
        """Note the whole store."""
        self.stores[store] = ALL

    def merge(self, other: Accesses) -> None:
        """Take over what another one holds."""
        self.services |= other.services
        for store, keys in other.stores.items():
            mine = self.stores.get(store, set())
            self.stores[store] = ALL if mine is None or keys is None else mine | keys

    def take(self) -> Accesses:
        """Hand out everything tracked so far and begin anew."""
        taken = Accesses()
        taken.stores, self.stores = self.stores, {}
        taken.services, self.services = self.services, set()
        return taken

    def __bool__(self) -> bool:
        return bool(self.stores or self.services)


IGNORED = Accesses()
"""As CURRENT: look-ups of the recorder itself."""
CURRENT: ContextVar[Accesses | None] = ContextVar("accesses", default=None)
SINCE_SWEEP = Accesses()


@contextmanager
def untracked() -> Iterator[None]:
    """Look things up without leaving a trace."""
    token = CURRENT.set(IGNORED)
    try:
        yield
    finally:
        CURRENT.reset(token)


def track_stores(*kinds: type) -> None:
    """Make all stores of these kinds watched ones, from their birth on; before any is made."""
    for kind in kinds:

        def tracked_init(store: Any) -> None:
            store._data = TrackedDict({}, store)

        kind.__init__ = tracked_init  # type: ignore[misc]  # the one place where MiniStack makes its dict


class TrackedDict(dict[Any, Any]):
    """A dict that notes which entries were handed out or replaced.

    Keys alone (`in`, iteration, len) are not tracked: nobody changes an entry without holding it.
    """

    __slots__ = ("owner",)

    def __init__(self, data: dict[Any, Any], owner: Hashable) -> None:
        super().__init__(data)
        self.owner = owner

    def _track(self, key: Any) -> None:
        current = CURRENT.get()
        if current is IGNORED:
            return
        SINCE_SWEEP.add(self.owner, key)
        if current is not None:
            current.add(self.owner, key)

    def _track_all(self) -> None:
        current = CURRENT.get()
        if current is IGNORED:
            return
        SINCE_SWEEP.add_all(self.owner)
        if current is not None:
            current.add_all(self.owner)

    def __getitem__(self, key: Any) -> Any:
        self._track(key)
        return super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._track(key)
        super().__setitem__(key, value)

    def __delitem__(self, key: Any) -> None:
        self._track(key)
        super().__delitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """As dict."""
        self._track(key)
        return super().get(key, default)

    def pop(self, key: Any, *default: Any) -> Any:
        """As dict."""
        self._track(key)
        return super().pop(key, *default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As dict."""
        self._track(key)
        return super().setdefault(key, default)

    def update(self, *others: Any, **more: Any) -> None:
        """As dict."""
        self._track_all()
        super().update(*others, **more)

    def clear(self) -> None:
        """As dict."""
        self._track_all()
        super().clear()

    def items(self) -> ItemsView[Any, Any]:  # type: ignore[override]  # the stub asks for dict_items
        """As dict."""
        self._track_all()
        return super().items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]  # the stub asks for dict_values
        """As dict."""
        self._track_all()
        return super().values()

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        return copy.deepcopy(dict(self), memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


def track_services(get_module: Callable[[str], Any]) -> Callable[[str], Any]:
    """Wrap MiniStack's module loader, which every routed request goes through."""

    def tracked(name: str) -> Any:
        current = CURRENT.get()
        if current is not IGNORED:
            SINCE_SWEEP.services.add(name)
            if current is not None:
                current.services.add(name)
        return get_module(name)

    return tracked
