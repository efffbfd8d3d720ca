"""What a run did, one line per step, so that a crash at any moment loses nothing.

Rewriting the whole state at each step costs the square of its size. Instead each step appends one
line, handed to the operating system before the call returns: kill -9 of this process cannot take
it back. `fold` puts the lines into the state file at the end; after a crash the next run does.

How a run uses it (all methods may be called from many threads; `state.handle` names the instance
of a URN that is meant, and the journal sets it on what is added):

    with handle.lock(), handle.journal(snapshot) as journal:        # folds on leaving
        journal.same(old)                       # unchanged: costs nothing
        journal.same(old, new)                  # no provider call, but dependencies etc. differ
        token = journal.begin("creating", new)  # BEFORE the provider call, autonames in the inputs
        journal.end(token, add=new)             # after it: the operation goes, the resource comes
        journal.end(token)                      # it surely did nothing: forget the operation
                                                # (unknown outcome: do not call end; it stays)

    update               begin("updating", new)   end(token, add=new, remove=old)
    delete               begin("deleting", old)   end(token, remove=old)
    replacement:
      create first       begin("creating", new)   end(token, add=new, mark_delete=old)
        … and at the end begin("deleting", old)   end(token, remove=old)
      delete first       begin("deleting", old)   end(token, mark_pending_replacement=old)
        … and then       begin("creating", new)   end(token, add=new, remove=old)
    read (external)      begin("reading", new)    end(token, add=new, remove=old or None)
    outputs registered   change(put=state)        in its place; also for what a refresh found
    refresh: it is gone  change(remove=old)       references to it are dropped at the fold
    pending of the base  end(operation.token, add=adopted)  or  end(operation.token)
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from localcloud.engine.errors import StateCorrupt, StateNotWritten
from localcloud.engine.state.files import make_private_folder, not_written
from localcloud.engine.state.model import OperationKind, ResourceState, state_to_document
from localcloud.engine.state.replay import Replay
from localcloud.engine.state.state_values import dump
from localcloud.engine.values.values import Crypter

Document = dict[str, Any]
VERSION: Final = 1


class Journal:
    """The open journal of one run; see the module's text for its use.

    `base` is the state document and `digest` the digest of the file that holds it. `save` writes
    the state file if need be and returns once it is safe; it calls `announce` before that.
    """

    def __init__(
        self,
        path: Path,
        base: Document,
        digest: str,
        crypter: Crypter,
        save: Callable[[Replay], None],
    ) -> None:
        self._path = path
        self._crypter = crypter
        self._save = save
        self._replay = Replay(base)
        self._lock = threading.Lock()
        self._buffered = ""
        self._file: int | None = _create(path)
        self._append(self._file, {"journal": VERSION, "base": digest})

    def begin(self, kind: OperationKind, state: ResourceState) -> int:
        """Record what is about to be asked of a provider; give the token that `end` takes."""
        resource = state_to_document(state, self._crypter)
        with self._lock:
            token = self._replay.next_token
            self._apply({"begin": token, "type": kind, "resource": resource})
        return token

    def end(
        self,
        token: int | None,
        *,
        add: ResourceState | None = None,
        put: ResourceState | None = None,
        remove: ResourceState | None = None,
        mark_delete: ResourceState | None = None,
        mark_pending_replacement: ResourceState | None = None,
    ) -> None:
        """Record that an operation is over, and all that it changed, in one step.

        `add` is a new instance and gets its handle here; `put` is an instance's new content.
        """
        record: Document = {"change": True} if token is None else {"end": token}
        for key, state in (
            ("remove", remove),
            ("delete", mark_delete),
            ("pending", mark_pending_replacement),
        ):
            if state is not None:
                record[key] = _handle(state)
        if put is not None:
            record["put"] = [_handle(put), state_to_document(put, self._crypter)]
        added = None if add is None else state_to_document(add, self._crypter)
        with self._lock:
            if add is not None:
                add.handle = self._replay.next_handle
                record["add"] = [add.handle, added]
            self._apply(record)

    def change(
        self,
        *,
        add: ResourceState | None = None,
        put: ResourceState | None = None,
        remove: ResourceState | None = None,
        mark_delete: ResourceState | None = None,
    ) -> None:
        """Record a change that no operation stands for, such as a refresh or late outputs."""
        self.end(None, add=add, put=put, remove=remove, mark_delete=mark_delete)

    def same(self, old: ResourceState, new: ResourceState | None = None) -> None:
        """Record that an instance stays; `new` is its content if anything in it differs."""
        record: Document = {"same": _handle(old)}
        if new is not None:
            record["state"] = state_to_document(new, self._crypter)
            new.handle = old.handle
        with self._lock:
            self._apply(record)

    def fold(self) -> None:
        """Put everything into the state file and drop the journal; a second call does nothing."""
        with self._lock:
            if self._file is None:
                return
            self._save(self._replay)
            os.close(self._file)
            self._file = None
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.fold()

    def _apply(self, record: Document) -> None:
        if self._file is None:
            raise StateNotWritten(
                "The run's journal is closed; nothing more can be recorded in it."
            )
        # Memory first: should the disk refuse the line, the fold may still save what it holds.
        self._replay.apply(record)
        if "same" in record and "state" not in record:
            self._buffered += dump(record) + "\n"  # only its order matters: it waits for company
        else:
            self._append(self._file, record)

    def _append(self, file: int, record: Document) -> None:
        line = (self._buffered + dump(record) + "\n").encode("utf-8", "surrogatepass")
        start = os.fstat(file).st_size
        try:
            _write_all(file, line)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(file, start)
            raise not_written(self._path, error) from error
        self._buffered = ""


def announce_fold(path: Path, digest: str) -> None:
    """Note in a journal which state file is about to be put in place with all of its lines.

    A crash right after the replacement leaves the journal behind; by this digest the next run
    knows that its lines are in the state already.
    """
    try:
        with path.open("r+b") as file:
            whole = file.read().rfind(b"\n") + 1  # a torn last line goes
            file.truncate(whole)
            file.seek(whole)
            file.write(dump({"folded": digest}).encode() + b"\n")
    except OSError as error:
        raise not_written(path, error) from error


@dataclass(frozen=True, slots=True)
class JournalContent:
    """What a journal on disk holds.

    `base` and `folded` are digests of state files: the one that the records build on, and the one
    that has them in it ("" until a fold has begun).
    """

    base: str
    records: list[Document]
    folded: str


def read_journal(path: Path) -> JournalContent | None:
    """Read a journal; None if there is none, or its run did not get to its first line.

    A torn last line is no record: the call that was to write it did not return.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None
    records = [_parse_line(line, path) for line in lines[:-1]]
    if not records:
        return None
    if records[0].get("journal") != VERSION:
        raise StateCorrupt(f"{path} is not a journal that this version of the engine can read.")
    folded = records[-1].get("folded", "")
    return JournalContent(records[0]["base"], [r for r in records[1:] if "folded" not in r], folded)


def _parse_line(line: bytes, path: Path) -> Document:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise StateCorrupt(f"{path} has a damaged line; it cannot be folded in.") from error
    if not isinstance(record, dict):
        raise StateCorrupt(f"{path} has a line that is no record; it cannot be folded in.")
    return record


def _create(path: Path) -> int:
    try:
        make_private_folder(path.parent)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except OSError as error:
        raise not_written(path, error) from error


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _handle(state: ResourceState) -> int:
    if state.handle < 0:
        raise ValueError(f"{state.urn} is not in the snapshot or the journal yet")
    return state.handle
