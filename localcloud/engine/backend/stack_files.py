"""One stack's files as JSON: what is recorded of it, read without the passphrase of its secrets."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import Any, Final

from localcloud.engine.backend.history import Update, entries, latest
from localcloud.engine.errors import EngineError, StackNotFound, StateConflict, StateUnsupported
from localcloud.engine.state import state_file
from localcloud.engine.state.journal import read_journal
from localcloud.engine.state.replay import Replay

ORGANIZATION: Final = "organization"  # the file backend has no other
NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
"""What projects and stacks may be called."""
_READ_ATTEMPTS: Final = 5
Document = dict[str, Any]


class StackFiles:
    """Where a stack's state, journal and history lie below a backend's `folder`, and what they say.

    A secret in a document is an object with its ciphertext, as the file has it.
    """

    def __init__(self, folder: Path, project: str, stack: str) -> None:
        self.project = project
        self.stack = stack
        self.path = folder / "stacks" / project / f"{stack}.json"
        self.history_folder = folder / "history" / project / stack
        self.journal_path = folder / "journals" / project / f"{stack}.jsonl"

    @property
    def name(self) -> str:
        """The fully qualified name, `organization/project/stack`."""
        return f"{ORGANIZATION}/{self.project}/{self.stack}"

    @property
    def title(self) -> str:
        """What messages call the stack."""
        return f"Stack {self.stack} of {self.project}"

    def exists(self) -> bool:
        """Tell whether the stack was created."""
        return self.path.exists()

    def current(self) -> tuple[Document, str]:
        """Give the document, with what a run has not folded yet, and the digest of its file.

        A run may be folding at this very moment: the journal is read before the state, and if the
        two do not fit they are read again.
        """
        for attempt in range(_READ_ATTEMPTS):
            left = read_journal(self.journal_path)
            document, digest = self.read()
            if left is None or digest == left.folded:
                return document, digest
            if digest == left.base:
                return replayed(document, left.records).document(state_file.manifest), digest
            time.sleep(0.02 * attempt)
        raise self.conflict()

    def read(self) -> tuple[Document, str]:
        """Give the document of the state file alone, and its digest."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            raise self._missing() from None
        return state_file.decode(content, self.path), digest_of(content)

    def history(self) -> list[Update]:
        """List past runs, the latest first."""
        return entries(self.history_folder, self.stack)

    def last_update(self) -> Update | None:
        """Give the latest past run, reading that one only."""
        return latest(self.history_folder, self.stack)

    def conflict(self) -> StateConflict:
        """Say that state and journal do not belong together."""
        return StateConflict(
            f"{self.title} was changed by another tool after a run was interrupted; to go on with"
            f" the state as it is now, remove {self.journal_path}."
        )

    def _missing(self) -> EngineError:
        if any(self.path.parent.glob(f"{self.stack}.json.*z*")):
            return StateUnsupported(f"The state of {self.title.lower()} is kept compressed.")
        return StackNotFound(f"{self.title} does not exist in {self.path.parents[2].parent}.")


def replayed(document: Document, records: list[Document]) -> Replay:
    """Take a journal's records into a document."""
    replay = Replay(document)
    for record in records:
        replay.apply(record)
    return replay


def digest_of(content: bytes) -> str:
    """Give what a journal calls a state file by."""
    return hashlib.sha256(content).hexdigest()


def all_stacks(folder: Path) -> list[StackFiles]:
    """List the stacks of every project below a backend's `folder`, by project and name."""
    paths = sorted((folder / "stacks").glob("*/*.json"))
    return [
        StackFiles(folder, path.parent.name, path.stem) for path in paths if NAME.match(path.stem)
    ]
