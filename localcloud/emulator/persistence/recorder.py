"""Brings what MiniStack holds in memory to disk: all of it, or what was looked up."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

from localcloud.emulator.functions import async_invocations
from localcloud.emulator.persistence import journal, service_readers, transitions
from localcloud.emulator.persistence.access_tracking import Accesses, untracked
from localcloud.emulator.persistence.stores import Service, Store

log = logging.getLogger("microstack.durability")
ATTEMPTS = 5


class Recorder:
    """All services, the journal, and what of the former is in the latter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services: dict[str, Service] = {}
        self.tracked: dict[Hashable, Store | Service] = {}
        self.journal = journal.Journal(folder, journal.fold(folder))

    def load(self) -> None:
        """Give the snapshots to MiniStack; fails rather than go on without what was saved."""
        for name, module_name in app._state_map.items():
            if (state := self._saved(name)) is not None:
                app._get_module(module_name).load_persisted_state(state)
        for name, (module_name, _) in service_readers.EXTRA.items():
            if (state := self._saved(name)) is not None:
                service_readers.restore_extra(name, _module(module_name), state)
        if (functions := _loaded("lambda_svc")) is not None:
            service_readers.prune_code_blobs(functions)
            transitions.complete(functions)
        for service in self._discover():
            for store in service.stores():
                store.prime()

    def resume(self) -> None:
        """Take up what had been accepted and not done; once the server can answer."""
        if (functions := _loaded("lambda_svc")) is not None:
            async_invocations.install(functions).resume()

    def quiesce(self) -> None:
        """Leave what is accepted and not done to the next start."""
        if (functions := _loaded("lambda_svc")) is not None:
            async_invocations.install(functions).stop()

    def _saved(self, name: str) -> Any:
        state = persistence.load_state(name)
        if state is None and (self.folder / f"{name}.json").exists():
            raise ValueError(f"the saved state of {name} cannot be read")
        return state

    def record(self, accesses: Accesses, *, lazily: bool = True) -> None:
        """Write what has changed among what was accessed; with `lazily` not in LAZY services."""
        with untracked():
            fresh = self._discover()
            lines = self._lines(self._stores(accesses, lazily))
            lines += self._lines(_every_store(fresh))
        if lines:
            self.journal.append(lines)

    def record_all(self) -> None:
        """Write what has changed anywhere, also what was changed without being looked up."""
        with untracked():
            self._discover()
            lines = self._lines(_every_store(self.services.values()))
        if lines:
            self.journal.append(lines)

    def _lines(self, stores: Iterable[tuple[Store, Any]]) -> list[str]:
        """All changes; a store that resists (a thread changes it just now) is written whole."""
        lines: list[str] = []
        for store, keys in stores:
            for _ in range(ATTEMPTS):
                try:
                    for line in store.changes(keys):
                        lines.append(line)  # one by one: what came before a failure counts
                    break
                except Exception:
                    log.debug("Again: %s of %s", store.name, store.service, exc_info=True)
                    store.invalidate()
                    keys = None
            else:
                log.error("%s of %s cannot be saved", store.name, store.service)
        return lines

    def _stores(self, accesses: Accesses, lazily: bool) -> Iterator[tuple[Store, Any]]:
        whole: set[Service] = set()
        for store, keys in list(accesses.stores.items()):
            saved = self.tracked.get(store)
            if saved is None or (lazily and saved.waits_for_sweep(accesses.services)):
                continue
            if isinstance(saved, Store):
                yield saved, None if keys is None else list(keys)
            else:
                whole.add(saved)
        whole.update(self._named(accesses.services))
        for service in whole:
            yield from ((store, None) for store in service.untracked_stores())

    def _named(self, names: Iterable[str]) -> Iterator[Service]:
        for service in self.services.values():
            if service.module.__name__.rpartition(".")[2] in names:
                yield service

    def _discover(self) -> list[Service]:
        """Get to know the services that MiniStack has loaded since."""
        fresh = [
            service_readers.service(name, module)
            for name, module_name in app._state_map.items()
            if name not in self.services and (module := _loaded(module_name)) is not None
        ]
        fresh += [
            service_readers.extra(name, module)
            for name, (module_name, _) in service_readers.EXTRA.items()
            if name not in self.services and (module := _loaded(module_name)) is not None
        ]
        for service in fresh:
            self.services[service.name] = service
            self.tracked |= service.tracked()
        return fresh


def _every_store(services: Iterable[Service]) -> Iterator[tuple[Store, None]]:
    for service in services:
        for store in service.stores():
            yield store, None


def _module(name: str) -> Any:
    return importlib.import_module(f"ministack.services.{name}")


def _loaded(name: str) -> Any:
    """A service module, unless a thread is still in the middle of importing it."""
    module = sys.modules.get(f"ministack.services.{name}")
    if getattr(getattr(module, "__spec__", None), "_initializing", False):
        return None
    return module if hasattr(module, "get_state") else None
