"""One run of one stack, from the opened files to the result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.engine.backend.backend import ORGANIZATION
from localcloud.engine.backend.history import Kind, Update
from localcloud.engine.backend.open_stack import OpenStack
from localcloud.engine.errors import EngineError
from localcloud.engine.events import Diagnostic, Event, Summary
from localcloud.engine.planning.destroy import Deletions
from localcloud.engine.planning.recovery import PendingOperations
from localcloud.engine.planning.refresh import Refresh
from localcloud.engine.program.execution import execute
from localcloud.engine.program.programs import Programs
from localcloud.engine.program.server import Server
from localcloud.engine.project.config import Config
from localcloud.engine.provider.providers import Factory
from localcloud.engine.state.model import Snapshot
from localcloud.engine.steps.run import (
    Cancelled,
    EventBus,
    NoJournal,
    Options,
    Run,
    RunJournal,
    Stopped,
)
from localcloud.engine.values.outputs import plain
from localcloud.engine.values.redaction import Redactor
from localcloud.engine.wiring import Wiring

RunBody = Callable[["Wiring"], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a successful run did. Secret outputs are redacted, unknown ones are None."""

    ok: bool = True
    changes: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: Sequence[Diagnostic] = ()


class Session:
    """One run on one stack, which is locked unless it is a preview."""

    def __init__(
        self,
        opened: OpenStack,
        kind: Kind,
        *,
        programs: Programs,
        factories: Mapping[str, Factory],
        parallel: int,
        options: Options,
        listener: Callable[[Event], None],
        cancel: threading.Event,
    ) -> None:
        self.bus = EventBus(listener, Redactor())
        self._opened, self._kind, self._options = opened, kind, options
        self._programs, self._factories, self._parallel = programs, factories, parallel
        self._cancel = cancel
        self._begun = time.time()

    # --- what a run consists of ---------------------------------------------------------------

    def deploy(self) -> Result:
        """Run the program and do what it describes, or report what would be done."""
        self._programs.warm(str(self._opened.project.program))
        snapshot, config = self._opened.load(create=self._kind == "update")
        return self._perform(snapshot, config, self._deploy)

    def refresh(self) -> Result:
        """Read everything."""
        return self._perform(self._opened.handle.load(), Config({}), self._refresh)

    def destroy(self) -> Result:
        """Delete everything."""
        return self._perform(self._opened.handle.load(), Config({}), self._destroy)

    def _perform(self, snapshot: Snapshot, config: Config, body: RunBody) -> Result:
        """Do the work with a journal, record it in the history, and report the result."""
        if self._kind == "preview":
            wiring = self._parts(snapshot, config, NoJournal())
            outputs = self._guarded(wiring, body)
        else:
            with self._opened.handle.journal(snapshot) as journal:
                wiring = self._parts(snapshot, config, journal)
                outputs = self._guarded(wiring, body)
        return self._finished(wiring, config, outputs)

    def _guarded(self, wiring: Wiring, body: RunBody) -> Mapping[str, Any]:
        try:
            PendingOperations(
                wiring.run, wiring.registrations, wiring.providers, wiring.executor
            ).recover()
            if self._options.refresh and self._kind != "refresh":
                self._refresh(wiring)
            return body(wiring)
        except EngineError as error:
            wiring.run.fail(error)
        except Stopped:
            pass
        finally:
            wiring.run.wait_until_idle()
            wiring.providers.close()
        return {}

    def _parts(self, snapshot: Snapshot, config: Config, journal: RunJournal) -> Wiring:
        run = Run(
            stack=self._opened.stack,
            project=self._opened.project.name,
            organization=ORGANIZATION,
            folder=str(self._opened.project.folder),
            config=config.values,
            secret_keys=config.secret_keys,
            preview=self._kind == "preview",
            parallel=self._parallel,
            snapshot=snapshot,
            bus=self.bus,
            journal=journal,
            cancel=self._cancel,
            options=self._options,
        )
        return Wiring(run, self._opened.backend, self._factories)

    def _finished(self, wiring: Wiring, config: Config, outputs: Mapping[str, Any]) -> Result:
        error = wiring.run.outcome()
        changes = dict(self.bus.changes)
        ended = time.time()
        if self._kind != "preview":
            self._opened.handle.history_add(
                Update(
                    kind=self._kind,
                    started=int(self._begun),
                    ended=int(ended),
                    result="failed" if error else "succeeded",
                    message=self._options.message,
                    config=config.stored,
                    changes=changes,
                )
            )
        self.bus.emit(Summary(changes=changes, seconds=ended - self._begun))
        if error is not None:
            raise error
        return Result(
            changes=changes,
            outputs=plain(outputs, show_secrets=False),
            diagnostics=tuple(self.bus.diagnostics),
        )

    # --- the kinds of work ---------------------------------------------------------------------

    def _refresh(self, wiring: Wiring) -> Mapping[str, Any]:
        counted = self._kind == "refresh"
        Refresh(
            wiring.run, wiring.registrations, wiring.providers, wiring.executor, counted=counted
        ).perform()
        return wiring.registrations.snapshot.stack_outputs()

    def _destroy(self, wiring: Wiring) -> Mapping[str, Any]:
        Deletions(wiring.run, wiring.registrations, wiring.providers, wiring.executor).perform()
        return {}

    def _deploy(self, wiring: Wiring) -> Mapping[str, Any]:
        self._run_program(wiring)
        try:
            if not wiring.run.stopping:
                Deletions(
                    wiring.run, wiring.registrations, wiring.providers, wiring.executor
                ).perform()
        finally:
            outputs = wiring.reads.finish_stack()
        return outputs

    def _run_program(self, wiring: Wiring) -> None:
        server = Server(wiring.run, wiring.planner, wiring.reads)
        try:
            execute(self._programs, self._opened.project, server.address, wiring.run)
        except BaseException:  # an interrupt: nothing new may begin while all is closed
            wiring.run.fail(Cancelled("The run was interrupted."))
            raise
        finally:
            wiring.run.wait_until_idle()
            server.close()
