"""The record of past runs beside the state, as `pulumi stack history` writes and reads it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from localcloud.engine.errors import StateCorrupt
from localcloud.engine.state.files import not_written, write_atomically
from localcloud.engine.state.state_values import dump

Kind = Literal["update", "preview", "refresh", "destroy", "import"]
Result = Literal["succeeded", "failed", "in-progress"]


@dataclass(frozen=True, kw_only=True)
class Update:
    """One past run. Times are seconds since 1970; `config` holds secrets as ciphertext only.

    `config` values are texts, `{"secure": ciphertext}` or JSON with such objects inside.
    """

    kind: Kind
    started: int
    ended: int
    result: Result
    message: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the JSON of a history file (backend.UpdateInfo of Pulumi)."""
        return {
            "kind": self.kind,
            "startTime": int(self.started),
            "message": self.message,
            "environment": dict(self.environment),
            "config": {key: self.config[key] for key in sorted(self.config)},
            "version": 0,
            "result": self.result,
            "endTime": int(self.ended),
            "resourceChanges": {op: count for op, count in self.changes.items() if count},
        }


def add(folder: Path, stack: str, update: Update, state: Path) -> None:
    """Write a run's record, and a copy of the state that it left."""
    prefix = f"{stack}-{time.time_ns()}"
    write_atomically(folder / f"{prefix}.history.json", dump(update.document()).encode())
    checkpoint = folder / f"{prefix}.checkpoint.json"
    try:
        shutil.copyfile(state, checkpoint)
        checkpoint.chmod(0o600)
    except OSError as error:
        raise not_written(checkpoint, error) from error


def entries(folder: Path, stack: str) -> list[Update]:
    """Read all past runs of a stack, the latest first."""
    paths = sorted(folder.glob(f"{stack}-*.history.json"), reverse=True)
    return [_read(path) for path in paths]


def latest(folder: Path, stack: str) -> Update | None:
    """Read the latest past run of a stack, if there is one."""
    newest = max(folder.glob(f"{stack}-*.history.json"), default=None)
    return _read(newest) if newest else None


def _read(path: Path) -> Update:
    try:
        document = json.loads(path.read_bytes())
        return Update(
            kind=document["kind"],
            started=int(document["startTime"]),
            ended=int(document["endTime"]),
            result=document["result"],
            message=document.get("message", ""),
            environment=document.get("environment") or {},
            config=document.get("config") or {},
            changes=document.get("resourceChanges") or {},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateCorrupt(f"The history file {path} cannot be read.") from error
