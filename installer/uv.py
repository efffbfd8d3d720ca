"""uv, which installs in seconds what takes pip minutes: ours, the user's own, or brought by pip."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from installer import index
from installer.claim import claim
from installer.places import cache
from installer.progress import Ended, run, say

LOCK = "requirements-setup.lock"
OLDEST = (0, 9)
"""A user's own uv that is older is not used: it knows fewer of pip's settings."""


def provide(root: Path) -> str | None:
    """Where a working uv is; None, said with the reason, if none can be brought."""
    try:
        return _provided(root)
    except OSError as error:
        say(f"uv cannot be kept ({error.filename}: {error.strerror}).")
        return None


def _provided(root: Path) -> str | None:
    home = cache(root) / "uv" / hashlib.sha256((root / LOCK).read_bytes()).hexdigest()[:16]
    private = home / "uv"
    if _version(private):
        return str(private)
    if (own := shutil.which("uv")) and (_version(Path(own)) or (0,)) >= OLDEST:
        return own
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with claim(home.parent / "lock", what="fetches uv") as holder:
        if not _version(private):
            _bring(root, home, holder)
    return str(private) if _version(private) else None


def _version(program: Path) -> tuple[int, ...] | None:
    """Its version, if it starts at all: it may be half-written, or for another processor."""
    try:
        asked = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    found = re.match(r"uv (\d+)\.(\d+)", asked.stdout)
    return tuple(map(int, found.groups())) if found and not asked.returncode else None


def _bring(root: Path, home: Path, holder: int) -> None:
    """Make `home` at once, by a rename, so that a kill leaves no half of it."""
    staging = home.parent / "new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    try:
        fetched = _download(root, staging, holder)
        if fetched.code:
            say(f"uv cannot be fetched ({fetched.reason}).")
            return
        _unpack(next(staging.glob("*.whl")), staging / "uv")
        shutil.rmtree(home, ignore_errors=True)
        staging.rename(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _download(root: Path, staging: Path, holder: int) -> Ended:
    """By pip, which knows the user's index; only checked against its hash, never installed."""
    what = ["--require-hashes", "-r", str(root / LOCK), "--dest", str(staging)]
    return run(
        [
            *_pip(staging, holder),
            "download",
            "--progress-bar",
            "off",
            "--no-deps",
            "--only-binary",
            ":all:",
            *what,
        ],
        what="Fetching uv, once for all checkouts ...",
        environment=index.for_pip(),
        held=[holder],
    )


def _pip(staging: Path, holder: int) -> list[str]:
    """What there is, or one in a folder for the purpose: some Pythons come without."""
    if there := index.pip():
        return there
    folder = str(staging / "venv")
    make = [sys.executable, "-I", "-m", "venv", folder]
    run(make, what="Making pip ...", environment=index.for_pip(), held=[holder])
    return [f"{folder}/bin/python", "-I", "-m", "pip"]


def _unpack(wheel: Path, program: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        program.write_bytes(archive.read(name))
    program.chmod(0o755)
    wheel.unlink()
