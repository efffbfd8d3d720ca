"""Where a file backend lies, and whether what lies there is one."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from localcloud.engine.errors import StateUnsupported
from localcloud.engine.state.files import make_private_folder, write_atomically


class BackendFolder:
    """The folder behind `url`, `file:///…` or a plain path, and the passphrase of its secrets."""

    def __init__(self, url: str, passphrase: str) -> None:
        self.url = url
        self.folder = _folder(url) / ".pulumi"
        self.passphrase = passphrase

    def prepare(self) -> None:
        """Make the folder a backend, if it is none yet."""
        meta = self.folder / "meta.yaml"
        if not meta.exists():
            make_private_folder(self.folder)
            write_atomically(meta, b"version: 1\n")

    def check_layout(self) -> None:
        """Refuse the layouts of older and newer CLIs."""
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
