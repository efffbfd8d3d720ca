"""Contents of assets and archives: their hashes, by which a change of code is noticed.

The hashes are Pulumi's (sdk/go/common/resource/asset and archive): SHA-256 of the content; of the
file for an archive that is one; else of the tar file that Pulumi would make of the members.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from localcloud.engine.errors import EngineError
from localcloud.engine.values.values import Archive, Asset, Secret

_ARCHIVE_FILES = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")
_BLOCK = 512


class AssetUnreadable(EngineError):
    """A file of an asset or archive cannot be read."""


def with_hashes(value: Any, folder: str) -> Any:
    """Return the value with the hash of every asset and archive in it filled in."""
    if isinstance(value, dict):
        return {key: with_hashes(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [with_hashes(item, folder) for item in value]
    if isinstance(value, Secret):
        return Secret(with_hashes(value.value, folder))
    if isinstance(value, Archive) and isinstance(value.value, dict):
        value = replace(value, value=with_hashes(value.value, folder))
    if isinstance(value, (Asset, Archive)) and not value.hash:
        return replace(value, hash=_digest(value, Path(folder)))
    return value


def relative_paths(value: Any, folder: str) -> Any:
    """Return the value with asset paths as the program wrote them: relative to its folder.

    The inverse of sending it with MarshalOptions(folder=…); state must not hold a machine's paths.
    """
    if isinstance(value, dict):
        return {key: relative_paths(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [relative_paths(item, folder) for item in value]
    if isinstance(value, Secret):
        return Secret(relative_paths(value.value, folder))
    if isinstance(value, (Asset, Archive)):
        if isinstance(value.value, dict):
            return replace(value, value=relative_paths(value.value, folder))
        return replace(value, value=value.value.removeprefix(f"{folder}{os.sep}"))
    return value


def _digest(value: Asset | Archive, folder: Path) -> str:
    digest = hashlib.sha256()
    try:
        for part in _content(value, folder):
            digest.update(part)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AssetUnreadable(
            f"{error.filename or value.value} cannot be read: {reason}."
        ) from error
    return digest.hexdigest()


def _content(value: Asset | Archive, folder: Path) -> Iterator[bytes]:
    if isinstance(value, Asset):
        yield _asset_bytes(value, folder)
    elif value.kind == "path" and str(value.value).endswith(_ARCHIVE_FILES):
        yield (folder / str(value.value)).read_bytes()
    else:
        yield from _tar(_members(value, folder))


def _asset_bytes(asset: Asset, folder: Path) -> bytes:
    if asset.kind == "text":
        return asset.value.encode()
    if asset.kind == "uri":
        raise AssetUnreadable(f"Remote assets ({asset.value}) are not implemented; use a file.")
    return (folder / asset.value).read_bytes()


def _members(archive: Archive, folder: Path) -> Iterator[tuple[str, bytes]]:
    if archive.kind == "uri":
        raise AssetUnreadable(f"Remote archives ({archive.value}) are not implemented; use a file.")
    if archive.kind == "path":
        yield from _files_below(folder / str(archive.value))
        return
    assert isinstance(archive.value, dict)
    for name, member in sorted(archive.value.items()):
        if isinstance(member, Asset):
            yield name, _asset_bytes(member, folder)
        else:
            for inner, content in _inner(member, folder):
                yield f"{name}/{inner}", content


def _inner(archive: Archive, folder: Path) -> Iterator[tuple[str, bytes]]:
    if archive.kind == "path" and str(archive.value).endswith(_ARCHIVE_FILES):
        raise AssetUnreadable(
            f"{archive.value} is an archive file inside an archive, which is not implemented."
        )
    return _members(archive, folder)


def _files_below(root: Path) -> Iterator[tuple[str, bytes]]:
    """Return the files of a folder in the order of Go's filepath.Walk, without `.pulumi`."""
    if not root.is_dir():
        raise AssetUnreadable(f"{root} is neither a folder nor an archive file.")
    pending = [root]
    while pending:
        path = pending.pop()
        if path.name == ".pulumi":
            continue
        if path.is_dir():
            if path == root or not path.is_symlink():
                pending.extend(sorted(path.iterdir(), key=lambda p: os.fsencode(p.name))[::-1])
        else:
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _tar(members: Iterator[tuple[str, bytes]]) -> Iterator[bytes]:
    """Write a tar file exactly as Go's archive/tar does for name, mode 0600 and size."""
    seen: set[str] = set()
    for name, content in members:
        if name in seen:
            continue
        seen.add(name)
        yield _header(name, len(content))
        yield content
        yield bytes(-len(content) % _BLOCK)
    yield bytes(2 * _BLOCK)


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.mode, info.size = 0o600, size
    if not name.isascii() or len(name) > 100:
        return info.tobuf(tarfile.PAX_FORMAT)
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    block[329:337] = block[337:345] = b"0000000\0"  # device numbers, which Python leaves empty
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)
