"""The engine: preview, up, refresh and destroy of one stack."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .backend import ORGANIZATION, FileBackend, StackHandle
from .blinding import COVER, Blinder
from .book import Book
from .config import Config
from .destroy import Deletions
from .errors import EngineError, ProjectInvalid, StackNotFound
from .events import Diagnostic, Event, Summary
from .executor import Executor
from .history import Kind, Update
from .model import Snapshot
from .monitor import Server
from .pending import PendingOperations
from .planner import Planner
from .program import Job, Program, Programs
from .project import Project, StackFile
from .providers import Factory, ProviderRegistry
from .reads import Reads
from .refresh import Refresh
from .run import Bus, NoRecord, Options, Recorder, Run, Stopped
from .stack_reference import BuiltinProvider
from .state_file import salt
from .values import Secret, Unknown

Listener = Callable[[Event], None]
GRACE_SECONDS = 3.0  # how long a program may take to notice that its run is over


class ProgramFailed(EngineError):
    """A stack program is broken: the message names file, line and error."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a successful run did. Secret outputs are covered, unknown ones are None."""

    ok: bool = True
    changes: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: Sequence[Diagnostic] = ()


def _ignore(event: Event) -> None:
    pass


class _Stack:
    """A stack's files, opened for one run."""

    def __init__(self, backend: FileBackend, folder: Path | str, stack: str) -> None:
        self.backend, self.stack = backend, stack
        self.project = Project.load(folder)
        if self.project.runtime != "python":
            raise ProjectInvalid(
                f"{self.project.folder / 'Pulumi.yaml'} names the runtime"
                f" {self.project.runtime!r}: the embedded engine runs python only."
            )
        self.handle: StackHandle = backend.open(self.project.name, stack)

    def load(self, *, create: bool) -> tuple[Snapshot, Config]:
        """Read state and configuration; with `create` a missing stack is made."""
        file = StackFile.load(self.project, self.stack)
        if self.handle.exists():
            snapshot = self.handle.load()
            state_salt = salt(snapshot.document, self.handle.name)
        else:
            snapshot, state_salt = Snapshot(), ""
        had_salt = file.salt
        crypter = file.crypter(self.backend.passphrase, state_salt)
        if create and not self.handle.exists():
            if not had_salt:
                file.save()
            self.handle.create(crypter)
            snapshot = self.handle.load()
        return snapshot, file.config(crypter)


class Engine:
    """Deploys Pulumi stacks in this process.

    `providers` gives, by package, a factory of unconfigured `pulumirpc.ResourceProvider`
    servicers. Programs run under `python` with `environment` on top of this process' own;
    `preload` names modules that programs import, so that they are loaded before anyone waits.
    `programs`, if given, is shared with other engines and decides about python and the rest.
    All calls may be made from several threads, for different stacks. Use it as a context manager,
    or call `close`.
    """

    def __init__(
        self,
        backend: FileBackend,
        providers: Mapping[str, Factory],
        *,
        python: str = sys.executable,
        environment: Mapping[str, str] | None = None,
        parallel: int = 16,
        preload: Sequence[str] = (),
        programs: Programs | None = None,
    ) -> None:
        self.backend, self.providers, self.parallel = backend, dict(providers), parallel
        env = {**os.environ, **(environment or {}), "GRPC_ENABLE_FORK_SUPPORT": "false"}
        self._owns_programs = programs is None
        self._programs = programs or Programs(python, env, preload)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def warm(self) -> None:
        """Get a process ready for the next program, in the background."""
        self._programs.warm()

    def close(self) -> None:
        """Let go of everything that waits."""
        if self._owns_programs:
            self._programs.close()

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
        """Say what `up` would do; nothing changes."""
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
        """Bring a stack to what its program says; raises EngineError if that fails."""
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
        """Give the outputs of the last run; secrets as `[secret]` unless they are asked for."""
        return dict(plain(self._open(folder, stack).handle.outputs(), show_secrets=show_secrets))

    def remove(self, folder: Path | str, stack: str, *, force: bool = False) -> None:
        """Forget a stack that has no resources (any more)."""
        handle = self._open(folder, stack).handle
        with handle.lock():
            handle.remove(force=force)

    def _open(self, folder: Path | str, stack: str) -> _Stack:
        return _Stack(self.backend, folder, stack)

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
        """Open a stack for one run, under its lock."""
        opened = self._open(folder, stack)
        if kind in ("refresh", "destroy") and not opened.handle.exists():
            raise StackNotFound(f"Stack {stack} of {opened.project.name} does not exist.")
        bus = Bus(on_event, Blinder())
        with opened.handle.lock(bus.notice):
            yield Session(self, self._programs, opened, kind, options or Options(), bus, cancel)


class Session:
    """One run on one locked stack."""

    def __init__(
        self,
        engine: Engine,
        programs: Programs,
        opened: _Stack,
        kind: Kind,
        options: Options,
        bus: Bus,
        cancel: threading.Event | None,
    ) -> None:
        self._engine, self._programs, self._opened = engine, programs, opened
        self._kind, self._options, self._bus = kind, options, bus
        self._cancel = cancel or threading.Event()
        self._begun = time.time()

    # --- what a run consists of ---------------------------------------------------------------

    def deploy(self) -> Result:
        """Run the program and do what it says, or say what would be done."""
        if self._kind == "update":
            self._programs.warm()
        snapshot, config = self._opened.load(create=self._kind == "update")
        return self._perform(snapshot, config, self._deploy)

    def refresh(self) -> Result:
        """Read everything."""
        return self._perform(self._opened.handle.load(), Config({}), self._refresh)

    def destroy(self) -> Result:
        """Delete everything."""
        return self._perform(self._opened.handle.load(), Config({}), self._destroy)

    def _perform(
        self, snapshot: Snapshot, config: Config, work: Callable[[Parts], Mapping[str, Any]]
    ) -> Result:
        """Do the work with a journal, record it in the history, and say how it went."""
        if self._kind == "preview":
            parts = self._parts(snapshot, config, NoRecord())
            outputs = self._guarded(parts, work)
        else:
            with self._opened.handle.journal(snapshot) as journal:
                parts = self._parts(snapshot, config, journal)
                outputs = self._guarded(parts, work)
        return self._finished(parts, config, outputs)

    def _guarded(
        self, parts: Parts, work: Callable[[Parts], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        try:
            PendingOperations(parts.run, parts.book, parts.registry, parts.executor).settle()
            if self._options.refresh and self._kind != "refresh":
                self._refresh(parts)
            return work(parts)
        except EngineError as error:
            parts.run.fail(error)
        except Stopped:
            pass
        finally:
            parts.run.quiesce()
            parts.registry.close()
        return {}

    def _parts(self, snapshot: Snapshot, config: Config, record: Recorder) -> Parts:
        run = Run(
            stack=self._opened.stack,
            project=self._opened.project.name,
            organization=ORGANIZATION,
            folder=str(self._opened.project.folder),
            config=config.values,
            secret_keys=config.secret_keys,
            preview=self._kind == "preview",
            parallel=self._engine.parallel,
            snapshot=snapshot,
            bus=self._bus,
            record=record,
            cancel=self._cancel,
            options=self._options,
        )
        return Parts(run, self._engine.backend, self._engine.providers)

    def _finished(self, parts: Parts, config: Config, outputs: Mapping[str, Any]) -> Result:
        error = parts.run.outcome()
        changes = dict(self._bus.changes)
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
        self._bus.emit(Summary(changes=changes, seconds=ended - self._begun))
        if error is not None:
            raise error
        return Result(
            changes=changes,
            outputs=plain(outputs, show_secrets=False),
            diagnostics=tuple(self._bus.diagnostics),
        )

    # --- the kinds of work ---------------------------------------------------------------------

    def _refresh(self, parts: Parts) -> Mapping[str, Any]:
        Refresh(parts.run, parts.book, parts.registry, parts.executor).perform()
        return parts.book.snapshot.stack_outputs()

    def _destroy(self, parts: Parts) -> Mapping[str, Any]:
        for state in parts.book.snapshot.resources:
            parts.run.bus.blinder.learn(state.inputs)
            parts.run.bus.blinder.learn(state.outputs)
        Deletions(parts.run, parts.book, parts.registry, parts.executor).perform()
        return {}

    def _deploy(self, parts: Parts) -> Mapping[str, Any]:
        server = Server(parts.run, parts.planner, parts.reads)
        try:
            program = self._start(parts.run, server.address)
            self._await(parts.run, program)
        finally:
            parts.run.quiesce()
            server.close()
        if not parts.run.stopping:
            Deletions(parts.run, parts.book, parts.registry, parts.executor).perform()
        return parts.reads.finish_stack()

    def _start(self, run: Run, address: str) -> Program:
        project = self._opened.project
        job = Job(
            program=str(project.program),
            root=run.folder,
            project=run.project,
            stack=run.stack,
            organization=run.organization,
            address=address,
            dry_run=run.preview,
            parallel=run.parallel,
            config=run.config,
            secret_keys=sorted(run.secret_keys),
        )
        return self._programs.start(job, run.bus.log)

    def _await(self, run: Run, program: Program) -> None:
        """Wait for the program's end; when the run is over it gets a moment, then it is ended."""
        while not program.ended.wait(0.05):
            if run.stopping:
                run.quiesce()
                program.ended.wait(GRACE_SECONDS)
                break
        program.stop()
        if run.stopping:
            return
        program.ended.wait()
        report = program.report
        if report is None:
            run.fail(ProgramFailed(f"The program of {run.project} was ended from outside."))
        elif report:
            self._report_failure(run, report)

    def _report_failure(self, run: Run, report: Mapping[str, Any]) -> None:
        place = f" at {report['place']}" if report.get("place") else ""
        text = run.bus.blinder.blind(" ".join(report["error"].split()))
        if report.get("trace"):
            run.bus.log("error", f"{text}\n{report['trace']}")
        run.fail(ProgramFailed(f"The program of {run.project} failed{place}: {text}"))


class Parts:
    """The objects that work together in one run."""

    def __init__(self, run: Run, backend: FileBackend, factories: Mapping[str, Factory]) -> None:
        self.run = run
        self.book = Book(stack=run.stack, project=run.project, snapshot=run.snapshot)

        def outputs_of(name: str) -> dict[str, Any]:
            return backend.open_reference(name).outputs()

        def builtin() -> BuiltinProvider:
            return BuiltinProvider(outputs_of, self.reads.lookup)

        self.registry = ProviderRegistry(
            {**factories, "pulumi": builtin}, preview=run.preview, folder=run.folder
        )
        self.executor = Executor(run, self.book)
        self.planner = Planner(run, self.book, self.registry, self.executor)
        self.reads = Reads(run, self.book, self.planner, self.executor)


def plain(value: Any, *, show_secrets: bool) -> Any:
    """Give outputs as JSON values; what a preview cannot know is None."""
    if isinstance(value, Secret):
        return plain(value.value, show_secrets=True) if show_secrets else COVER
    if isinstance(value, Mapping):
        return {key: plain(item, show_secrets=show_secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, show_secrets=show_secrets) for item in value]
    return None if isinstance(value, Unknown) else value
