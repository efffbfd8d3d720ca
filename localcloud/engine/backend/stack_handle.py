"""One stack in the file backend: reading it, running on it, and what a crash leaves."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from localcloud.engine.backend import history
from localcloud.engine.backend.folder import BackendFolder
from localcloud.engine.backend.lock import stack_lock
from localcloud.engine.errors import (
    EngineError,
    StackExists,
    StackInUse,
    StackNotFound,
    StateConflict,
    StateUnsupported,
)
from localcloud.engine.state import state_file
from localcloud.engine.state.files import write_atomically
from localcloud.engine.state.journal import Journal, announce_fold, read_journal
from localcloud.engine.state.model import STACK_TYPE, Operation, Snapshot, state_from_document
from localcloud.engine.state.replay import Replay
from localcloud.engine.state.secrets import PassphraseCrypter, crypter_for, new_crypter
from localcloud.engine.state.state_values import from_state

ORGANIZATION: Final = "organization"  # the file backend has no other
_READ_ATTEMPTS: Final = 5
Document = dict[str, Any]
Notice = Callable[[str], None]


def _silent(_: str) -> None:
    pass


class StackHandle:
    """One stack: its state, journal, lock and history."""

    def __init__(self, backend: BackendFolder, project: str, stack: str) -> None:
        self.backend = backend
        self.project = project
        self.stack = stack
        root = backend.folder
        self.path = root / "stacks" / project / f"{stack}.json"
        self._history = root / "history" / project / stack
        self._backups = root / "backups" / project / stack
        self._locks = root / "locks" / ORGANIZATION / project / stack
        self._journal = root / "journals" / project / f"{stack}.jsonl"

    @property
    def name(self) -> str:
        """The fully qualified name, `organization/project/stack`."""
        return f"{ORGANIZATION}/{self.project}/{self.stack}"

    @property
    def _title(self) -> str:
        return f"Stack {self.stack} of {self.project}"

    def exists(self) -> bool:
        """Return whether the stack was created."""
        return self.path.exists()

    def create(self, crypter: PassphraseCrypter | None = None) -> None:
        """Make an empty stack whose secrets are kept by `crypter` (default: with a new salt)."""
        if self.exists():
            raise StackExists(f"{self._title} exists already.")
        self.backend.prepare()
        salt = (crypter or new_crypter(self.backend.passphrase)).salt
        write_atomically(self.path, state_file.encode(state_file.new_document(self.name, salt)))

    def remove(self, *, force: bool = False) -> None:
        """Forget the stack with its history; `force` even when it still has resources."""
        document, _ = self._current()
        if not force and state_file.resources(document):
            raise StackInUse(f"{self._title} still has resources: destroy them first.")
        for folder in (self._history, self._backups):
            shutil.rmtree(folder, ignore_errors=True)
        self._journal.unlink(missing_ok=True)
        for path in self.path.parent.glob(f"{self.stack}.json*"):
            path.unlink(missing_ok=True)

    # --- reading --------------------------------------------------------------------------------

    def load(self) -> Snapshot:
        """Read the state, with what a run has recorded but not folded yet; changes no file."""
        document, digest = self._current()
        crypter = self._crypter(document)
        return Snapshot(
            resources=[
                state_from_document(state, crypter, handle)
                for handle, state in enumerate(state_file.resources(document))
            ],
            pending_operations=[
                Operation(state_from_document(op["resource"], crypter), op["type"], token)
                for token, op in enumerate(state_file.pending_operations(document))
            ],
            document=document,
            digest=digest,
        )

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secrets marked as such, without decrypting anything else."""
        document, _ = self._current()
        for state in state_file.resources(document):
            if state.get("type") == STACK_TYPE and not state.get("parent"):
                outputs = state.get("outputs") or {}
                return dict(from_state(outputs, self._crypter(document)))
        return {}

    def _current(self) -> tuple[Document, str]:
        """Return the document and the digest of the file below it.

        A run may be folding at this very moment: the journal is read before the state, and if the
        two do not fit they are read again.
        """
        for attempt in range(_READ_ATTEMPTS):
            journal = read_journal(self._journal)
            document, digest = self._read()
            if journal is None or digest == journal.folded:
                return document, digest
            if digest == journal.base:
                return _replayed(document, journal.records).document(state_file.manifest), digest
            time.sleep(0.02 * attempt)
        raise self._conflict()

    def _read(self) -> tuple[Document, str]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            raise self._missing() from None
        return state_file.decode(content, self.path), _digest(content)

    def _missing(self) -> EngineError:
        if any(self.path.parent.glob(f"{self.stack}.json.*z*")):
            return StateUnsupported(f"The state of {self._title.lower()} is kept compressed.")
        return StackNotFound(f"{self._title} does not exist in {self.backend.url}.")

    def _conflict(self) -> StateConflict:
        return StateConflict(
            f"{self._title} was changed by another tool after a run was interrupted; to go on with"
            f" the state as it is now, remove {self._journal}."
        )

    def _crypter(self, document: Document) -> PassphraseCrypter:
        return crypter_for(self.backend.passphrase, state_file.secrets_salt(document, self._title))

    # --- changing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, notice: Notice = _silent) -> Iterator[None]:
        """Hold the stack; take over from dead runs, and take what they had recorded into the state.

        Load the snapshot inside. Raises StackLocked; `notice` gets sentences for the user.
        """
        with stack_lock(self._locks, self._title, notice):
            self._recover(notice)
            yield

    def journal(self, snapshot: Snapshot) -> Journal:
        """Open the journal of a run on a snapshot that was loaded under the lock."""
        _, digest = self._read()
        if digest != snapshot.digest:
            raise StateConflict(f"{self._title} has changed since its snapshot was loaded.")
        crypter = self._crypter(snapshot.document)
        return Journal(
            self._journal, snapshot.document, digest, crypter, lambda r: self._save(r, digest)
        )

    def _recover(self, notice: Notice) -> None:
        journal = read_journal(self._journal)
        if journal is not None and self.exists():
            document, digest = self._read()
            if digest == journal.base:
                self._save(_replayed(document, journal.records), digest)
                notice(f"{self._title}: an interrupted run's steps were taken into the state.")
            elif digest != journal.folded:
                raise self._conflict()
        self._journal.unlink(missing_ok=True)

    def _save(self, replay: Replay, base: str) -> None:
        if not replay.changed:
            return
        content = state_file.encode(replay.document(state_file.manifest))
        before = self.path.read_bytes()
        if _digest(before) != base:
            raise self._conflict()
        announce_fold(self._journal, _digest(content))
        write_atomically(self.path.with_name(f"{self.path.name}.bak"), before)
        write_atomically(self.path, content)

    # --- history --------------------------------------------------------------------------------

    def history_add(self, update: history.Update) -> None:
        """Record a finished run, after its journal was folded."""
        history.add(self._history, self.stack, update, self.path)

    def history(self) -> list[history.Update]:
        """List past runs, the latest first."""
        return history.entries(self._history, self.stack)


def _replayed(document: Document, records: list[Document]) -> Replay:
    replay = Replay(document)
    for record in records:
        replay.apply(record)
    return replay


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
