"""What all objects of one run share: where events go, how it stops, its journal."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from localcloud.engine.errors import EngineError
from localcloud.engine.events import Diagnostic, Event, Notice, Op
from localcloud.engine.state.journal import Journal
from localcloud.engine.state.model import ResourceState, Snapshot
from localcloud.engine.values.redaction import Redactor


class Stopped(Exception):
    """The run is over; whoever still asks for something gets no answer."""


class Cancelled(EngineError):
    """The user asked the run to end."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a user may set for one run.

    `targets` are URNs, in which `*` stands for a part and `**` for anything. `refresh` reads every
    resource before anything else. `message` goes into the stack's history.
    """

    targets: tuple[str, ...] = ()
    refresh: bool = False
    message: str = ""


class NoJournal:
    """A journal for previews: nothing is kept."""

    def begin(self, kind: Any, state: ResourceState) -> int:
        """Keep nothing."""
        return 0

    def end(self, token: int | None, **changes: ResourceState | None) -> None:
        """Keep nothing."""

    def change(self, **changes: ResourceState | None) -> None:
        """Keep nothing."""

    def same(self, old: ResourceState, new: ResourceState | None = None) -> None:
        """Keep nothing."""


RunJournal = Journal | NoJournal


class EventBus:
    """Sends events out, one at a time, counted and without secrets."""

    def __init__(self, listener: Callable[[Event], None], redactor: Redactor) -> None:
        self._listener = listener
        self._lock = threading.RLock()
        self.redactor = redactor
        self.changes: Counter[str] = Counter()
        self.diagnostics: list[Diagnostic] = []

    def emit(self, event: Event) -> None:
        """Hand an event to the caller of the run."""
        with self._lock:
            self._listener(event)

    def count(self, op: Op) -> None:
        """Count a resource under what happened to it."""
        with self._lock:
            self.changes[op.value] += 1

    def log(self, severity: str, message: str, urn: str = "") -> None:
        """Report a line."""
        line = Diagnostic(severity=severity, message=self.redactor.redact(message), urn=urn)
        with self._lock:
            self.diagnostics.append(line)
            self._listener(line)

    def notice(self, message: str) -> None:
        """Report what the engine did by itself."""
        self.emit(Notice(message=self.redactor.redact(message)))


@dataclass(kw_only=True)
class Run:
    """One preview, up, refresh or destroy of one stack."""

    stack: str
    project: str
    organization: str
    folder: str
    config: dict[str, str]
    secret_keys: frozenset[str]
    preview: bool
    parallel: int
    snapshot: Snapshot
    bus: EventBus
    journal: RunJournal
    cancel: threading.Event
    options: Options = field(default_factory=Options)
    error: EngineError | None = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = 0
        self._idle = threading.Condition(self._lock)
        self._slots = threading.Semaphore(self.parallel)
        for key in self.secret_keys:
            self.bus.redactor.learn_text(self.config[key])
        for state in self.snapshot.resources:
            self.bus.redactor.learn(state.inputs)
            self.bus.redactor.learn(state.outputs)

    @property
    def stopping(self) -> bool:
        """Return whether no new step may begin."""
        return self.error is not None or self.cancel.is_set()

    def raise_if_stopping(self) -> None:
        """Leave if no new step may begin."""
        if self.stopping:
            raise Stopped

    def fail(self, error: EngineError) -> None:
        """End the run: what is in flight finishes, nothing new begins. The first error counts."""
        with self._lock:
            if self.error is None:
                self.error = error

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the slots for provider calls, unless the run is over."""
        with self._slots:
            self.raise_if_stopping()
            yield

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Keep the run open: its journal must not close while something still goes on."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._idle.notify_all()

    def wait_until_idle(self) -> None:
        """Wait until nothing goes on any more."""
        with self._lock:
            while self._busy:
                self._idle.wait()

    def outcome(self) -> EngineError | None:
        """Return why the run did not succeed, if it did not."""
        if self.error is None and self.cancel.is_set():
            return Cancelled("The run was cancelled; what had begun was finished and recorded.")
        return self.error
