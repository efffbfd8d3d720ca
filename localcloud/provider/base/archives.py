"""Turn the assets and archives of a Pulumi program into bytes, the same bytes for the same input.

On the wire an asset or archive is a map that carries a signature, a hash and one of `text`,
`path`, `uri` or `assets` (Pulumi SDK, `runtime/rpc.py`). Function code and layers are sent to AWS
as zips. A zip holds timestamps, owners and an order of entries that have nothing to do with the
content, so they are fixed here: otherwise each deployment would look like new code.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname, urlopen

from localcloud.provider.base.values import ARCHIVE, ASSET, SIGNATURE

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_FILE_MODE = 0o100644
_PROGRAM_MODE = 0o100755
_UNIX = 3  # zip's "made by" system, else it says on which one the zip was made
_DOWNLOAD_SECONDS = 60

Entry = tuple[bytes, bool]  # the content of a file, and whether it may be executed


class ArchiveError(ValueError):
    """An asset or archive cannot be read; the message names it and why."""


def is_archive(value: object) -> bool:
    """Tell whether a property value is an archive."""
    return isinstance(value, Mapping) and value.get(SIGNATURE) == ARCHIVE


def zip_bytes(archive: Mapping[str, Any], root: Path | None = None) -> bytes:
    """Return an archive as a zip; relative paths are below `root` (default: this process's folder).

    A path that is a zip already goes as it is: its owner decided what is in it.
    """
    ready = _ready_zip(archive, root or Path())
    if ready is not None:
        return ready
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for name, (content, executable) in sorted(dict(_entries(archive, root or Path())).items()):
            bundle.writestr(_info(name, executable=executable), content)
    return buffer.getvalue()


def sha256_base64(content: bytes) -> str:
    """Return a digest in the form of Lambda's CodeSha256."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")


def _ready_zip(archive: Mapping[str, Any], root: Path) -> bytes | None:
    if "path" in archive and not (root / archive["path"]).is_dir():
        content = _file(root / archive["path"])
    elif "uri" in archive:
        content = _fetch(archive["uri"])
    else:
        return None
    return content if zipfile.is_zipfile(io.BytesIO(content)) else None


def _info(name: str, *, executable: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.create_system = _UNIX
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (_PROGRAM_MODE if executable else _FILE_MODE) << 16
    return info


def _entries(value: Mapping[str, Any], root: Path, prefix: str = "") -> Iterator[tuple[str, Entry]]:
    """Yield every file of an archive, or the one of an asset, under its name in the zip."""
    if not is_archive(value):
        yield prefix, _asset(value, root)
    elif "assets" in value:
        for name, member in value["assets"].items():
            yield from _entries(member, root, f"{prefix}/{name}" if prefix else name)
    elif "path" in value and (root / value["path"]).is_dir():
        yield from _folder(root / value["path"], prefix)
    else:
        yield from _packed(value, root, prefix)


def _asset(value: Mapping[str, Any], root: Path) -> Entry:
    if value.get(SIGNATURE) != ASSET:
        raise ArchiveError("an archive may hold assets and archives only")
    if "text" in value:
        return str(value["text"]).encode(), False
    if "path" in value:
        return _file(root / value["path"]), os.access(root / value["path"], os.X_OK)
    if "uri" in value:
        return _fetch(value["uri"]), False
    raise ArchiveError("an asset needs one of text, path and uri")


def _folder(folder: Path, prefix: str) -> Iterator[tuple[str, Entry]]:
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            full = f"{prefix}/{name}" if prefix else name
            yield full, (_file(path), os.access(path, os.X_OK))


def _packed(value: Mapping[str, Any], root: Path, prefix: str) -> Iterator[tuple[str, Entry]]:
    """Yield the files of a zip or tar that is part of a larger archive, or is a tar."""
    if "path" not in value and "uri" not in value:
        raise ArchiveError("an archive needs one of assets, path and uri")
    content = _file(root / value["path"]) if "path" in value else _fetch(value["uri"])
    for name, entry in _unpack(content, str(value.get("path") or value.get("uri"))):
        yield f"{prefix}/{name}" if prefix else name, entry


def _unpack(content: bytes, source: str) -> Iterator[tuple[str, Entry]]:
    stream = io.BytesIO(content)
    if zipfile.is_zipfile(stream):
        with zipfile.ZipFile(stream) as bundle:
            for info in bundle.infolist():
                if not info.is_dir():
                    executable = bool((info.external_attr >> 16) & 0o100)
                    yield info.filename, (bundle.read(info), executable)
        return
    stream.seek(0)
    try:
        with tarfile.open(fileobj=stream) as bundle:
            yield from _untar(bundle)
    except tarfile.TarError:
        raise ArchiveError(f"{source} is neither a folder, a zip nor a tar") from None


def _untar(bundle: tarfile.TarFile) -> Iterator[tuple[str, Entry]]:
    for member in bundle.getmembers():
        stream = bundle.extractfile(member) if member.isfile() else None
        if stream is not None:
            yield member.name.removeprefix("./"), (stream.read(), bool(member.mode & 0o100))


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from None


def _fetch(uri: str) -> bytes:
    parts = urlparse(uri)
    if parts.scheme == "file":
        return _file(Path(url2pathname(parts.path)))
    if parts.scheme not in {"http", "https"}:
        raise ArchiveError(f"cannot fetch {uri}: only file, http and https are known")
    try:
        with urlopen(uri, timeout=_DOWNLOAD_SECONDS) as response:
            return bytes(response.read())
    except OSError as error:
        raise ArchiveError(f"cannot fetch {uri}: {error}") from None
