"""The engine: preview, up, refresh and destroy of stacks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.backend.history import Kind
from localcloud.engine.backend.open_stack import OpenStack
from localcloud.engine.errors import StackNotFound
from localcloud.engine.events import Event, Summary
from localcloud.engine.program.programs import Programs
from localcloud.engine.provider.providers import Factory
from localcloud.engine.session import Result, Session
from localcloud.engine.steps.run import Options
from localcloud.engine.values.outputs import plain

Listener = Callable[[Event], None]


def _ignore(event: Event) -> None:
    pass


class Engine:
    """Deploys Pulumi stacks in this process.

    `providers` gives, by package, a factory of unconfigured `pulumirpc.ResourceProvider`
    servicers; `programs` starts stack programs, also for other engines. All calls may be made from
    several threads, for different stacks.
    """

    def __init__(
        self,
        backend: FileBackend,
        providers: Mapping[str, Factory],
        programs: Programs,
        *,
        parallel: int = 16,
    ) -> None:
        self.backend, self.providers, self.parallel = backend, dict(providers), parallel
        self._programs = programs

    # --- operations ---------------------------------------------------------------------------

    def preview(
        self,
        folder: Path | str,
        stack: str,
        *,
        options: Options | None = None,
        on_event: Listener = _ignore,
        cancel: threading.Event | None = None,
    ) -> Result:
        """Return what `up` would do; nothing changes."""
        with self._session("preview", folder, stack, options, on_event, cancel) as session:
            return session.deploy()

    def up(
        self,
        folder: Path | str,
        stack: str,
        *,
        options: Options | None = None,
        on_event: Listener = _ignore,
        cancel: threading.Event | None = None,
    ) -> Result:
        """Bring a stack to what its program describes; raises EngineError if that fails."""
        with self._session("update", folder, stack, options, on_event, cancel) as session:
            return session.deploy()

    def refresh(
        self,
        folder: Path | str,
        stack: str,
        *,
        options: Options | None = None,
        on_event: Listener = _ignore,
        cancel: threading.Event | None = None,
    ) -> Result:
        """Write down what is really there; the program is not run."""
        with self._session("refresh", folder, stack, options, on_event, cancel) as session:
            return session.refresh()

    def destroy(
        self,
        folder: Path | str,
        stack: str,
        *,
        options: Options | None = None,
        on_event: Listener = _ignore,
        cancel: threading.Event | None = None,
    ) -> Result:
        """Delete everything in a stack; the program is not run. A missing stack is fine."""
        if not self._open(folder, stack).handle.exists():
            on_event(Summary())
            return Result()
        with self._session("destroy", folder, stack, options, on_event, cancel) as session:
            return session.destroy()

    def outputs(
        self, folder: Path | str, stack: str, *, show_secrets: bool = False
    ) -> dict[str, Any]:
        """Return the outputs of the last run; secrets as `[secret]` unless they are asked for."""
        return dict(plain(self._open(folder, stack).handle.outputs(), show_secrets=show_secrets))

    def remove(self, folder: Path | str, stack: str, *, force: bool = False) -> None:
        """Forget a stack that has no resources (any more)."""
        handle = self._open(folder, stack).handle
        with handle.lock():
            handle.remove(force=force)

    def _open(self, folder: Path | str, stack: str) -> OpenStack:
        return OpenStack(self.backend, folder, stack)

    @contextmanager
    def _session(
        self,
        kind: Kind,
        folder: Path | str,
        stack: str,
        options: Options | None,
        on_event: Listener,
        cancel: threading.Event | None,
    ) -> Iterator[Session]:
        """Open a stack for one run, under its lock; a preview changes nothing and takes none."""
        opened = self._open(folder, stack)
        if kind in ("refresh", "destroy") and not opened.handle.exists():
            raise StackNotFound(f"Stack {stack} of {opened.project.name} does not exist.")
        session = Session(
            opened,
            kind,
            programs=self._programs,
            factories=self.providers,
            parallel=self.parallel,
            options=options or Options(),
            listener=on_event,
            cancel=cancel or threading.Event(),
        )
        changes = kind != "preview"  # the CLI's previews take no lock either (diy/backend.go)
        with opened.handle.lock(session.bus.notice) if changes else nullcontext():
            yield session
