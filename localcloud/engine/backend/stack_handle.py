"""One stack in the file backend: reading it, running on it, and what a crash leaves."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from localcloud.engine.backend import history
from localcloud.engine.backend.folder import BackendFolder
from localcloud.engine.backend.lock import stack_lock
from localcloud.engine.backend.stack_files import (
    ORGANIZATION,
    Document,
    StackFiles,
    digest_of,
    replayed,
)
from localcloud.engine.errors import (
    StackExists,
    StackInUse,
    StateConflict,
)
from localcloud.engine.state import state_file
from localcloud.engine.state.files import write_atomically
from localcloud.engine.state.journal import Journal, announce_fold, read_journal
from localcloud.engine.state.model import Operation, Snapshot, state_from_document
from localcloud.engine.state.replay import Replay
from localcloud.engine.state.secrets import PassphraseCrypter, crypter_for, new_crypter
from localcloud.engine.state.state_values import from_state
from localcloud.engine.values import urns

Notice = Callable[[str], None]


def _silent(_: str) -> None:
    pass


class StackHandle(StackFiles):
    """One stack: its state, journal, lock and history."""

    def __init__(self, backend: BackendFolder, project: str, stack: str) -> None:
        super().__init__(backend.folder, project, stack)
        self.backend = backend
        root = backend.folder
        self._backups = root / "backups" / project / stack
        self._locks = root / "locks" / ORGANIZATION / project / stack

    def create(self, crypter: PassphraseCrypter | None = None) -> None:
        """Make an empty stack whose secrets are kept by `crypter` (default: with a new salt)."""
        if self.exists():
            raise StackExists(f"{self.title} exists already.")
        self.backend.prepare()
        salt = (crypter or new_crypter(self.backend.passphrase)).salt
        write_atomically(self.path, state_file.encode(state_file.new_document(self.name, salt)))

    def remove(self, *, force: bool = False) -> None:
        """Forget the stack with its history; `force` even when it still has resources."""
        document, _ = self.current()
        if not force and state_file.resources(document):
            raise StackInUse(f"{self.title} still has resources: destroy them first.")
        for folder in (self.history_folder, self._backups):
            shutil.rmtree(folder, ignore_errors=True)
        self.journal_path.unlink(missing_ok=True)
        for path in self.path.parent.glob(f"{self.stack}.json*"):
            path.unlink(missing_ok=True)

    # --- reading --------------------------------------------------------------------------------

    def load(self) -> Snapshot:
        """Read the state, with what a run has recorded but not folded yet; changes no file."""
        document, digest = self.current()
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
        document, _ = self.current()
        for state in state_file.resources(document):
            if state.get("type") == urns.STACK_TYPE and not state.get("parent"):
                outputs = state.get("outputs") or {}
                return dict(from_state(outputs, self._crypter(document)))
        return {}

    def _crypter(self, document: Document) -> PassphraseCrypter:
        return crypter_for(self.backend.passphrase, state_file.secrets_salt(document, self.title))

    # --- changing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, notice: Notice = _silent) -> Iterator[None]:
        """Hold the stack; take over from dead runs, and take what they had recorded into the state.

        Load the snapshot inside. Raises StackLocked; `notice` gets sentences for the user.
        """
        with stack_lock(self._locks, self.title, notice):
            self._recover(notice)
            yield

    def journal(self, snapshot: Snapshot) -> Journal:
        """Open the journal of a run on a snapshot that was loaded under the lock."""
        _, digest = self.read()
        if digest != snapshot.digest:
            raise StateConflict(f"{self.title} has changed since its snapshot was loaded.")
        crypter = self._crypter(snapshot.document)
        return Journal(
            self.journal_path, snapshot.document, digest, crypter, lambda r: self._save(r, digest)
        )

    def _recover(self, notice: Notice) -> None:
        journal = read_journal(self.journal_path)
        if journal is not None and self.exists():
            document, digest = self.read()
            if digest == journal.base:
                self._save(replayed(document, journal.records), digest)
                notice(f"{self.title}: an interrupted run's steps were taken into the state.")
            elif digest != journal.folded:
                raise self.conflict()
        self.journal_path.unlink(missing_ok=True)

    def _save(self, replay: Replay, base: str) -> None:
        if not replay.changed:
            return
        content = state_file.encode(replay.document(state_file.manifest))
        before = self.path.read_bytes()
        if digest_of(before) != base:
            raise self.conflict()
        announce_fold(self.journal_path, digest_of(content))
        write_atomically(self.path.with_name(f"{self.path.name}.bak"), before)
        write_atomically(self.path, content)

    # --- history --------------------------------------------------------------------------------

    def history_add(self, update: history.Update) -> None:
        """Record a finished run, after its journal was folded."""
        history.add(self.history_folder, self.stack, update, self.path)
