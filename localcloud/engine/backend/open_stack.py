"""A stack's files, opened for one run."""

from __future__ import annotations

from pathlib import Path

from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.errors import ProjectInvalid
from localcloud.engine.project.config import Config
from localcloud.engine.project.project import Project, StackFile
from localcloud.engine.state.model import Snapshot
from localcloud.engine.state.secrets import PassphraseCrypter
from localcloud.engine.state.state_file import secrets_salt


class OpenStack:
    """A project, one stack of it, and what the backend has of that."""

    def __init__(self, backend: FileBackend, folder: Path | str, stack: str) -> None:
        self.backend, self.stack = backend, stack
        self.project = Project.load(folder)
        if self.project.runtime != "python":
            raise ProjectInvalid(
                f"{self.project.folder / 'Pulumi.yaml'} names the runtime"
                f" {self.project.runtime!r}: the embedded engine runs python only."
            )
        self.handle = backend.open(self.project.name, stack)

    def load(self, *, create: bool) -> tuple[Snapshot, Config]:
        """Read state and configuration; with `create` a missing stack is made."""
        file = StackFile.load(self.project, self.stack)
        exists = self.handle.exists()
        snapshot = self.handle.load() if exists else Snapshot()
        state_salt = secrets_salt(snapshot.document, self.handle.name) if exists else ""
        had_salt = bool(file.salt)
        crypter = file.crypter(self.backend.passphrase, state_salt)
        config = file.config(crypter)
        if create and not exists:
            snapshot = self._create(file, crypter, had_salt=had_salt)
        return snapshot, config

    def _create(self, file: StackFile, crypter: PassphraseCrypter, *, had_salt: bool) -> Snapshot:
        if not had_salt:
            file.save()
        self.handle.create(crypter)
        return self.handle.load()
