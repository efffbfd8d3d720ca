"""Pulumi's YAML files: read as the CLI reads them, written so that what is not changed stays."""

from __future__ import annotations

from pathlib import Path

from localcloud.engine.errors import ProjectInvalid
from localcloud.engine.project import yaml_edit, yaml_text
from localcloud.engine.project.yaml_text import Document
from localcloud.engine.state.files import write_atomically


def read(path: Path) -> Document:
    """Read a file whose top is a mapping; an empty file is an empty one. Raises ProjectInvalid."""
    try:
        return yaml_text.parse(path.read_bytes(), path)
    except FileNotFoundError:
        raise ProjectInvalid(f"There is no file {path}.") from None
    except OSError as error:
        raise ProjectInvalid(f"{path} cannot be read ({error}).") from error


def write(path: Path, document: Document) -> None:
    """Make a file say `document`, in one step; a new one is for its owner only.

    What it says already stays as it is written there, with comments, order and blank lines.
    ProjectInvalid if that cannot be: the file is as it was.
    """
    path = path.resolve()  # a link stays one
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    write_atomically(path, _changed(path, document).encode(), mode=mode)


def _changed(path: Path, document: Document) -> str:
    """The text of the file, that says `document`."""
    if not path.exists():
        return yaml_text.dump(document)
    text, before = path.read_bytes().decode(), read(path)
    edited = yaml_edit.edited(text, before, document)
    if edited is not None and _says(edited, document):
        return edited
    if "#" in text:
        raise ProjectInvalid(
            f"{path} cannot be changed without losing its comments, since it has anchors or is "
            "one object in braces: change it with an editor."
        )
    return yaml_text.dump(document)


def _says(text: str, document: Document) -> bool:
    try:
        return yaml_text.same(yaml_text.parse(text.encode(), "it"), document)
    except ProjectInvalid:
        return False
