"""The folder of stacks: Pulumi's file ("DIY") backend, on the very files that the CLI uses.

    <folder>/.pulumi/meta.yaml                              version: 1 (stacks belong to projects)
    <folder>/.pulumi/stacks/<project>/<stack>.json          the state, and .bak: the one before
    <folder>/.pulumi/history/<project>/<stack>/             past runs
    <folder>/.pulumi/locks/organization/<project>/<stack>/  who is at work
    <folder>/.pulumi/journals/<project>/<stack>.jsonl       ours: steps not yet in the state

After a crash the lock stays, so the CLI refuses the stack until a run of this engine (or
`StackHandle.lock` alone) has taken the journal into the state.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import yaml

from .errors import EngineError, StateUnsupported
from .files import make_private_folder, write_atomically
from .stack_handle import ORGANIZATION, StackHandle

__all__ = ["ORGANIZATION", "FileBackend", "StackHandle"]

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")


class FileBackend:
    """All stacks under one folder. `url` is `file:///…` (or a plain path); see the module."""

    def __init__(self, url: str, passphrase: str) -> None:
        self.url = url
        self.folder = _folder(url) / ".pulumi"
        self.passphrase = passphrase

    def open(self, project: str, stack: str) -> StackHandle:
        """Give access to a stack, whether it exists or not."""
        for what, name in (("project", project), ("stack", stack)):
            if not _NAME.match(name) or name.startswith("."):
                raise EngineError(
                    f"{name!r} is no name of a {what}: use letters, digits, '-', '_' and '.'."
                )
        self._check_layout()
        return StackHandle(self, project, stack)

    def open_reference(self, reference: str) -> StackHandle:
        """Give access to the stack that a StackReference names, `organization/project/stack`."""
        parts = reference.split("/")
        if len(parts) != 3 or parts[0] != ORGANIZATION:
            raise EngineError(
                f"The stack reference {reference!r} must read {ORGANIZATION}/<project>/<stack>."
            )
        return self.open(parts[1], parts[2])

    def stacks(self) -> list[tuple[str, str]]:
        """List what there is, as (project, stack)."""
        self._check_layout()
        paths = sorted((self.folder / "stacks").glob("*/*.json"))
        return [(path.parent.name, path.stem) for path in paths if _NAME.match(path.stem)]

    def prepare(self) -> None:
        """Make the folder a backend, if it is none yet."""
        meta = self.folder / "meta.yaml"
        if not meta.exists():
            make_private_folder(self.folder)
            write_atomically(meta, b"version: 1\n")

    def _check_layout(self) -> None:
        meta = self.folder / "meta.yaml"
        version: Any = 1
        if meta.exists():
            with contextlib.suppress(yaml.YAMLError, AttributeError):
                version = yaml.safe_load(meta.read_bytes()).get("version")
        elif any((self.folder / "stacks").glob("*.json")):
            version = 0
        if version != 1:
            raise StateUnsupported(
                f"The backend {self.folder} has layout version {version}, and only 1 is known here"
                " (`pulumi state upgrade` lifts version 0)."
            )


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        raise StateUnsupported(f"The backend {url} is no folder: only file:// is known here.")
    path = url if not parts.scheme else unquote(url.removeprefix("file://").split("?")[0])
    return Path(path).expanduser().resolve()
