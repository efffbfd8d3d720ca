"""Pulumi.yaml and Pulumi.<stack>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from localcloud.engine.errors import ProjectInvalid, SecretsUnsupported
from localcloud.engine.project import yaml_file
from localcloud.engine.project.config import Config, Declaration, declarations, full_key, resolve
from localcloud.engine.state.secrets import PassphraseCrypter, crypter_for, new_crypter
from localcloud.engine.values.values import Crypter


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Pulumi project; `program` is the folder or file that `main` names (default: the folder)."""

    folder: Path
    name: str
    runtime: str
    program: Path
    declared: Mapping[str, Declaration] = field(default_factory=dict)
    stack_folder: Path

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the Pulumi.yaml of a folder, or raise ProjectInvalid with file and reason."""
        root = Path(folder).resolve()
        path = root / "Pulumi.yaml"
        document = yaml_file.read(path)
        name = document.get("name")
        if not isinstance(name, str) or not name:
            raise ProjectInvalid(f"{path} must give the project a 'name'.")
        config, stacks = document.get("config"), document.get("stackConfigDir") or "."
        if isinstance(config, str):  # an old spelling of stackConfigDir
            config, stacks = None, config
        return cls(
            folder=root,
            name=name,
            runtime=_runtime(document.get("runtime"), path),
            program=(root / (document.get("main") or ".")).resolve(),
            declared=declarations(config, name),
            stack_folder=(root / stacks).resolve(),
        )


def _runtime(runtime: Any, path: Path) -> str:
    name = runtime.get("name") if isinstance(runtime, dict) else runtime
    if isinstance(name, str):
        return name
    raise ProjectInvalid(f"{path} must name its 'runtime'.")


@dataclass(slots=True)
class StackFile:
    """A stack's file; `values` is the configuration by full key, secrets encrypted."""

    project: Project
    stack: str
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    salt: str = ""
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    spelled: dict[str, Any] = field(default_factory=dict, repr=False)
    """Full key → as it stands in the file, where the namespace may be left out."""

    @property
    def path(self) -> Path:
        """The file, whether it exists or not."""
        return self.project.stack_folder / f"Pulumi.{self.stack}.yaml"

    @classmethod
    def load(cls, project: Project, stack: str) -> Self:
        """Read a stack's file; one that does not exist is empty. Raises ProjectInvalid."""
        file = cls(project, stack)
        if file.path.exists():
            file._read(yaml_file.read(file.path))
        return file

    def _read(self, document: dict[str, Any]) -> None:
        values = document.get("config") or {}
        if not isinstance(values, dict):
            raise ProjectInvalid(f"The 'config' of {self.path} must be a mapping of keys.")
        self.document = document
        for key, item in values.items():
            full = full_key(str(key), self.project.name)
            if full in self.values:
                raise ProjectInvalid(f"{self.path} holds {full} twice, in two spellings.")
            self.values[full] = item
            self.spelled[full] = key
        self.salt = str(document.get("encryptionsalt") or "")

    def crypter(self, passphrase: str, state_salt: str = "") -> PassphraseCrypter:
        """Return the crypter of this file's secrets; raises WrongPassphrase, SecretsUnsupported.

        A file without a salt gets `state_salt` or a new one; `save` keeps it.
        """
        for key in ("secretsprovider", "encryptedkey", "environment"):
            if self.document.get(key) not in (None, "passphrase"):
                raise SecretsUnsupported(f"{self.path} has {key!r}, which is not supported here.")
        if not self.salt:
            crypter = crypter_for(passphrase, state_salt) if state_salt else new_crypter(passphrase)
            self.salt = crypter.salt
            return crypter
        return crypter_for(passphrase, self.salt)

    def config(self, crypter: Crypter) -> Config:
        """Return the full configuration; raises ConfigMissing or ConfigInvalid."""
        return resolve(self.values, self.project.declared, crypter, self.stack)

    def set(self, key: str, value: Any, crypter: Crypter | None = None) -> None:
        """Set a value, encrypted if a crypter is given; call `save` to keep it."""
        encrypted = value if crypter is None else {"secure": crypter.encrypt(value)}
        self.values[full_key(key, self.project.name)] = encrypted

    def save(self) -> None:
        """Write the file; what is not changed stays as it is written there, with its comments."""
        document = {k: v for k, v in self.document.items() if k not in ("config", "encryptionsalt")}
        if self.salt:
            document = {"encryptionsalt": self.salt} | document
        if self.values or "config" in self.document:
            document["config"] = {self.spelled.get(k, k): v for k, v in self.values.items()}
        yaml_file.write(self.path, document)
        self.document = document
