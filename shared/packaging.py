"""Archives of the functions and of their Lambda layer: the same input gives the same bytes.

The Lambda layer holds `lambda_src/common` and the third-party packages of `THIRD_PARTY` as the lock
file pins them: for `local` from the running environment (the emulator runs functions under this
very Python), for `aws` as hash-checked wheels for Linux on arm64. boto3 comes with the runtime.

Every path is relative to the working directory, which Pulumi sets to the program's folder, so that
no state ever holds a path of somebody's machine.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path, PurePath
from typing import Final, Literal

Target = Literal["local", "aws"]

THIRD_PARTY: Final = ("fastjsonschema",)
"""Distributions that the functions import and the runtime lacks; they must need no others."""
PYTHON: Final = "3.14"
"""The Lambda runtime's Python (`python3.14`)."""
PIP_PLATFORM: Final = "manylinux2014_aarch64"
UV_PLATFORM: Final = "aarch64-manylinux2014"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip entry can have: real times would change the bytes."""
ROOT: Final = "../.."
"""From a layer's folder to the repository."""


class PackagingError(Exception):
    """An archive cannot be built; the text says what is missing and what to do."""


def layer_archive(
    target: Target,
    *,
    sources: str = f"{ROOT}/lambda_src",
    requirements: str = f"{ROOT}/requirements.lock",
    build: str = f"{ROOT}/.microstack/build",
) -> str:
    """Build the Lambda layer's zip unless it is there; return its path, for `pulumi.FileArchive`.

    Its name holds the hash of everything that goes in, so an unchanged one is never built again.
    """
    pins = {name: _pin(name, Path(requirements)) for name in THIRD_PARTY}
    common = _contents(Path(sources, "common"))
    archive = Path(build, f"layer-{target}-{_identity(target, pins, common)}.zip")
    if not archive.exists():
        packages = _installed(pins) if target == "local" else _downloaded(pins)
        files = {f"common/{name}": data for name, data in common.items()} | packages
        _write_zip(archive, {f"python/{name}": data for name, data in files.items()})
    return archive.as_posix()


def function_archive(job: str, *, sources: str = f"{ROOT}/lambda_src") -> dict[str, str]:
    """List a function's files, name in the archive → path, for `pulumi.FileAsset`s."""
    folder = Path(sources, job)
    if not folder.is_dir():
        raise PackagingError(f"There is no function {job!r}: {folder.as_posix()} is not a folder.")
    return {
        f"{job}/{path.relative_to(folder).as_posix()}": path.as_posix() for path in _walk(folder)
    }


def _walk(folder: Path) -> Iterator[Path]:
    """Every file that ships, in an order that is the same everywhere."""
    for path in sorted(folder.rglob("*"), key=PurePath.as_posix):
        if path.is_file() and _ships(path.relative_to(folder)):
            yield path


def _ships(path: PurePath) -> bool:
    compiled = "__pycache__" in path.parts or path.suffix == ".pyc"
    about = any(part.endswith(".dist-info") or part.startswith(".") for part in path.parts)
    return not compiled and not about


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _walk(folder)}


def _pin(name: str, lock: Path) -> str:
    """The lock file's entry of a distribution: version and hashes."""
    entry = re.search(
        rf"^{re.escape(name)}==\S+ \\\n(?: +--hash=\S+(?: \\)?\n)+", lock.read_text("utf-8"), re.M
    )
    if entry is None:
        raise PackagingError(f"{lock.as_posix()} has no hashed entry of {name}: lock it again.")
    return entry.group(0)


def _identity(target: Target, pins: Mapping[str, str], common: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(f"1 {target} {PYTHON} {PIP_PLATFORM}".encode())
    for name, data in (
        *((name, pin.encode()) for name, pin in pins.items()),
        *common.items(),
    ):
        digest.update(f"\n{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()[:16]


def _installed(pins: Mapping[str, str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, pin in pins.items():
        files |= _distribution(name, pin.split()[0].partition("==")[2])
    return files


def _distribution(name: str, version: str) -> dict[str, bytes]:
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise PackagingError(f"{name} is not installed; run ./invoke once to install it.") from None
    if distribution.version != version:
        raise PackagingError(
            f"{name} {distribution.version} is installed, but requirements.lock has {version}; "
            "run ./invoke once to install what is locked."
        )
    return {
        path.as_posix(): Path(str(path.locate())).read_bytes()
        for path in distribution.files or ()
        if ".." not in path.parts and _ships(path)
    }


def _downloaded(pins: Mapping[str, str]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        wanted, target = Path(folder, "pins.txt"), Path(folder, "target")
        wanted.write_text("".join(pins.values()), "utf-8")
        command = [*_installer(), "--no-deps", "--require-hashes", "--only-binary", ":all:"]
        done = subprocess.run(
            [*command, "--target", str(target), "-r", str(wanted)], capture_output=True, text=True
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise PackagingError(f"Cannot download the Lambda layer's packages: {last}")
        return _contents(target)


def _installer() -> list[str]:
    """Pip of this environment, or uv where the environment was made without pip."""
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"]
        version = [f"--python-version={PYTHON}", "--implementation=cp"]
        return [*pip, "--disable-pip-version-check", f"--platform={PIP_PLATFORM}", *version]
    uv = shutil.which("uv")
    if uv is None:
        raise PackagingError("Neither pip nor uv is there to download packages; install one.")
    return [uv, "pip", "install", f"--python-platform={UV_PLATFORM}", f"--python-version={PYTHON}"]


def _write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the whole archive or none of it, uncompressed: zlib's output differs by version."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".zip.new")
    with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, wherever it is built, so that the mode counts
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    os.replace(temporary, path)
