""".venv: made from the locks, by uv or else by pip, and marked when it is whole."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from installer import index, uv
from installer.claim import claim
from installer.places import cache
from installer.progress import Ended, run, say

RUNS = "requirements.lock"
"""What every task needs."""
TOOLS = "requirements-dev.lock"
"""What `check`, `test` and `bench` need besides."""
MARKS = {RUNS: "installed.lock", TOOLS: "installed-dev.lock"}
"""In .venv, a copy of each lock that is in it: written last, so that a kill leaves none."""
NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS)
TAIL = 15
"""Lines of a failed command that are shown."""


class InstallFailed(Exception):
    """The packages are not there; one sentence says why not."""


def provide(root: Path, lock: str = RUNS) -> None:
    """Have .venv hold what `lock` says; at once, if it does."""
    venv = Venv(root)
    if venv.holds(lock):
        return
    try:
        with claim(root / ".venv.lock", what="installs packages into .venv") as holder:
            if not venv.holds(lock):
                _Installation(venv, lock, holder).run()
    except OSError as error:
        raise InstallFailed(_os_sentence(root, error)) from None


@dataclass(frozen=True)
class Venv:
    """A checkout's .venv."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.root / ".venv"

    @property
    def python(self) -> str:
        """The Python that finds the packages."""
        return str(self.folder / "bin" / "python")

    def holds(self, lock: str) -> bool:
        """Whether it was made from this very lock to the end, and its Python finds it."""
        mark = self.folder / MARKS[lock]
        try:
            same = mark.read_bytes() == (self.root / lock).read_bytes()
            looked = [self.python, "-I", "-c", "import installer"]
            return same and not subprocess.run(looked, stderr=subprocess.DEVNULL).returncode
        except OSError:
            return False

    def remove(self) -> None:
        """Leave nothing of it; where it is a link, what it leads to is not ours."""
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            say("Removing the former .venv ...")
            shutil.rmtree(self.folder)

    def finish(self, lock: str) -> None:
        """Let programs find the checkout, wherever they are started, and say that all is in."""
        for site in self.folder.glob("lib/python*/site-packages"):
            (site / "microstack.pth").write_text("../../../..\n")
        draft = self.folder / f"{MARKS[lock]}.new"
        draft.write_bytes((self.root / lock).read_bytes())
        draft.replace(self.folder / MARKS[lock])


@dataclass(frozen=True)
class _Installation:
    """One lock into one .venv, while `holder` keeps all others waiting."""

    venv: Venv
    lock: str
    holder: int

    def run(self) -> None:
        began = time.monotonic()
        if self.lock == RUNS:
            self.venv.remove()
        if not self._by_uv():
            self._by_pip()
        self.venv.finish(self.lock)
        self._begun.unlink(missing_ok=True)
        say(f"Installed {self.lock} in {time.monotonic() - began:.1f} s.")

    def _by_uv(self) -> bool:
        program = uv.provide(self.venv.root)
        if program is None:
            return False
        told = index.for_uv(cache(self.venv.root))
        make = [program, "venv", "--quiet", "--relocatable", "--python", sys.executable]
        fill = [program, "pip", "install", "--python", self.venv.python, *told.options]
        # From the root folder: uv takes settings from the files of any folder above its own.
        step = partial(run, environment=told.environment, held=[self.holder], folder="/")
        ended = self._steps([*make, str(self.venv.folder)], fill, step)
        if ended.code:
            say(f"uv could not install them ({ended.reason}).")
        return not ended.code

    def _by_pip(self) -> None:
        say("pip installs them instead of uv, which takes a minute or two.")
        if self.lock == RUNS:
            self.venv.remove()
        make = [sys.executable, "-I", "-m", "venv", str(self.venv.folder)]
        fill = [self.venv.python, "-I", "-m", "pip"]
        if there := index.pip():  # one that need not be installed first
            make.insert(4, "--without-pip")
            fill = [*there, "--python", self.venv.python]
        step = partial(run, environment=index.for_pip(), held=[self.holder])
        ended = self._steps(make, [*fill, "install", "--progress-bar", "off"], step)
        if ended.code:
            if self.lock == RUNS:
                self.venv.remove()
            raise InstallFailed(_sentence(ended))

    def _steps(self, make: list[str], fill: list[str], step: Callable[..., Ended]) -> Ended:
        """Make .venv unless it is there, then fill it."""
        if self.lock == RUNS:
            ended = step(make, what="Making .venv ...")
            if ended.code:
                return ended
        # What a killed run left half-installed looks installed.
        again = ["--force-reinstall"] if self.lock == TOOLS and self._begun.exists() else []
        self._begun.touch()
        locked = ["--require-hashes", "-r", str(self.venv.root / self.lock)]
        return step([*fill, *again, *locked], what=f"Installing the packages of {self.lock} ...")

    @property
    def _begun(self) -> Path:
        return self.venv.folder / "installing"


def _sentence(ended: Ended) -> str:
    for line in ended.lines[-TAIL:]:
        say(line.rstrip())
    missing = any("ensurepip" in line for line in ended.lines)
    hint = " This Python has no pip: on Debian and Ubuntu, apt install python3-venv." * missing
    return (
        "The pinned packages could not be installed: see the message above "
        f"(network? package index? disk space?).{hint} Then run the same command again."
    )


def _os_sentence(root: Path, error: OSError) -> str:
    where = error.filename or root
    if error.errno in NOT_OURS:
        return (
            f"{where} may not be written ({error.strerror}), and the packages belong into "
            f"{root / '.venv'}: clone the project into a folder of your own."
        )
    return f"{where}: {error.strerror}. Mend that, then run the same command again."
