"""A private copy of the checkout with its own local cloud, for tests that deploy for real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".microstack", "__pycache__", "Pulumi.local*.yaml", ".*_cache", "*.pyc"
)


@dataclass(frozen=True)
class Checkout:
    """A copy of the project in a temporary folder."""

    root: Path

    @classmethod
    def make(cls, folder: Path) -> Checkout:
        """Copy the project into `folder`; the installed packages are shared."""
        root = folder / "checkout"
        shutil.copytree(ROOT, root, ignore=LEFT_OUT)
        # Pulumi.yaml names ../../.venv: the real CLI and the plugin look there.
        (root / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
        return cls(root)

    @property
    def environment(self) -> dict[str, str]:
        """A new user's: an empty HOME, nothing of AWS or Pulumi, imports from the copy."""
        kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
        home = self.root.parent / "home"
        home.mkdir(exist_ok=True)
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "HOME": str(home),
            "PYTHONPATH": str(self.root),
            "COLUMNS": "160",
        }

    def command(self, *arguments: str) -> list[str]:
        """What `./invoke` ends in, without its look at .venv."""
        return [sys.executable, "-m", "invoke", "--search-root", str(self.root), *arguments]

    def invoke(
        self, *arguments: str, code: int | None = 0, timeout: float = 300, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a task; an exit code other than `code` fails with what was printed."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
        if code is not None and done.returncode != code:
            told = f"{done.stdout}\n{done.stderr}"
            raise AssertionError(f"{' '.join(arguments)}: exit code {done.returncode}\n{told}")
        return done

    def json(self, *arguments: str) -> Any:
        """What a task prints with --json."""
        return json.loads(self.invoke(*arguments, "--json").stdout)

    def exports(self) -> dict[str, str]:
        """What `./invoke env` exports."""
        import shlex

        words = shlex.split(self.invoke("env").stdout)
        return dict(word.split("=", 1) for word in words if word != "export")

    def stop(self) -> None:
        """End the copy's emulator."""
        self.invoke("emulator.stop", code=None)
