"""A checkout with one package in its lock, a real pip and a real uv, and no need of a network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installer.index import BASE_PYTHON
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "readlink", "cmp", "cat", "sleep")
"""All that the wrapper and the fakes call, besides a Python."""
UV = """#!/bin/sh
echo "$*" >>"$FAKES/log"
case $1 in pip)
    until [ ! -e "$FAKES/gate" ]; do sleep 0.05; done
    if [ -e "$FAKES/uv-fails" ]; then echo "error: no route to the index" >&2; exit 2; fi ;;
esac
exec "$REAL_UV" "$@"
"""
PROGRAM = """
import sys

def program():
    import tiny
    return Said()

class Said:
    def run(self):
        if sys.argv[1:] == ["tools"]:
            from pathlib import Path
            from installer.environment import TOOLS, provide
            provide(Path(__file__).resolve().parent.parent, TOOLS)
            import tool
        for word in sys.argv[1:]:
            print(f"<{word}>", end="")
"""
"""In place of launcher/program.py, which would need Invoke."""


@dataclass
class Small:
    """The checkout, and whose it is: an own HOME, PATH and package folder."""

    root: Path
    fakes: Path
    home: Path
    extra: dict[str, str] = field(default_factory=dict)
    pip_alone: bool = False
    """Whether pip alone is told where packages are."""

    @classmethod
    def make(cls, folder: Path, uv: str, *, fetched: bool = True) -> Small:
        """Everything below `folder`; `uv` is the real one, which the fetched one passes on to."""
        small = cls(folder / "a chéckout", folder / "fakes", folder / "home")
        for each in (small.root, small.fakes, small.home):
            each.mkdir(parents=True)
        small._put_checkout()
        small._put_fakes()
        small.extra["REAL_UV"] = uv
        if fetched:
            small.uv.parent.mkdir(parents=True)
            small.uv.write_text(UV)
            small.uv.chmod(0o755)
        return small

    @property
    def uv(self) -> Path:
        """The private uv, where it lies once it was fetched."""
        lock = (self.root / "requirements-setup.lock").read_bytes()
        folder = hashlib.sha256(lock).hexdigest()[:16]
        return self.home / ".cache" / "microstack" / "uv" / folder / "uv"

    @property
    def venv(self) -> Path:
        """What is made."""
        return self.root / ".venv"

    @property
    def log(self) -> list[str]:
        """How uv was called."""
        file = self.fakes / "log"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def installations(self) -> int:
        """How often uv installed, or tried to."""
        return sum(line.startswith("pip install") for line in self.log)

    def need(self, lock: str, *names: str) -> None:
        """Have `lock` name packages, which are made."""
        (self.root / lock).write_text("".join(map(self._wheel, names)))

    def start(self, *words: str, command: str = "", **more: Any) -> subprocess.Popen[str]:
        """Start `./invoke` in another folder, with nothing of this process's environment."""
        options = {"cwd": self.fakes, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.Popen(
            [command or str(self.root / "invoke"), *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            **options,
        )

    def run(self, *words: str, command: str = "", **more: Any) -> tuple[int, str, str]:
        """Run `./invoke` to its end: exit code, standard output, standard error."""
        process = self.start(*words, command=command, **more)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    @property
    def environment(self) -> dict[str, str]:
        """A new user's, whose pip and uv are told where packages are."""
        uv = {  # as good as pip's, and there without asking pip, which takes half a second
            "UV_DEFAULT_INDEX": "https://nowhere.invalid/simple",
            "UV_OFFLINE": "1",
            "UV_FIND_LINKS": str(self.fakes),
        }
        return {
            "PATH": str(self.fakes),
            "FAKES": str(self.fakes),
            "HOME": str(self.home),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.fakes),
            **({} if self.pip_alone else uv),
            **self.extra,
        }

    def close_gate(self) -> None:
        """Let uv wait before it installs."""
        (self.fakes / "gate").touch()

    def open_gate(self) -> None:
        """Let it go on."""
        (self.fakes / "gate").unlink()

    def _put_checkout(self) -> None:
        shutil.copy(ROOT / "invoke", self.root)
        leave = shutil.ignore_patterns("__pycache__")
        for name in ("installer", "launcher"):
            shutil.copytree(ROOT / name, self.root / name, ignore=leave)
        (self.root / "launcher" / "program.py").write_text(PROGRAM)
        self.need("requirements.lock", "tiny")
        self.need("requirements-dev.lock", "tool")
        uv = {"uv-9.9.data/scripts/uv": UV}
        (self.root / "requirements-setup.lock").write_text(self._wheel("uv", uv))

    def _put_fakes(self) -> None:
        for name in TOOLS:
            (self.fakes / name).symlink_to(shutil.which(name) or "")
        self.put("python3", f'#!/bin/sh\nexec "{BASE_PYTHON}" "$@"\n')

    def put(self, name: str, script: str) -> None:
        """Have a program on PATH."""
        (self.fakes / name).write_text(script)
        (self.fakes / name).chmod(0o755)

    def _wheel(self, name: str, files: dict[str, str] | None = None) -> str:
        """Make a wheel, and return its line of a lock."""
        about = f"{name}-9.9.dist-info"
        content = {
            **(files or {f"{name}.py": ""}),
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        wheel = self.fakes / f"{name}-9.9-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in content.items():
                archive.writestr(path, text)
            archive.writestr(f"{about}/RECORD", "".join(f"{path},,\n" for path in content))
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        return f"{name}==9.9 \\\n    --hash=sha256:{digest}\n"


def until(true: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for something that `process` does; its end, or endless patience, is an error."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def as_somebody(folder: Path) -> dict[str, Any]:
    """For `run`: options to be nobody in particular, to whom `folder` and all in it now belong."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    return {"user": 65534, "group": 65534, "extra_groups": []}
