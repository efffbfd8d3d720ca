"""A private copy of the checkout with its own local cloud, for tests that deploy for real."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
import yaml

from localcloud.emulator import Emulator
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv*",
    ".microstack",
    "__pycache__",
    "Pulumi.local*.yaml",
    ".*_cache",
    "*.pyc",
    ".hypothesis",
)
KEPT = ("LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""What of the own environment a new user would have as well."""


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

    def reduce(self, *kept: str) -> None:
        """Leave only these layers, and smoke tests that need none of them: for what is quick."""
        for layer in set(self.layers()) - set(kept):
            shutil.rmtree(self.root / "stacks" / layer)
        smoke = self.root / "tests" / "smoke"
        shutil.rmtree(smoke)
        smoke.mkdir()
        (smoke / "test_none.py").write_text("def test_none() -> None:\n    pass\n")

    @property
    def home(self) -> Path:
        """The private folder of the copy's local cloud."""
        return self.root / ".microstack"

    @property
    def environment(self) -> dict[str, str]:
        """A new user's: an empty HOME, nothing of AWS or Pulumi, imports from the copy."""
        home = self.root.parent / "home"
        home.mkdir(exist_ok=True)
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "PYTHONPATH": str(self.root),
            "COLUMNS": "160",
            "MALLOC_ARENA_MAX": "2",  # as the wrapper sets it
        }

    def command(self, *arguments: str) -> list[str]:
        """What `./invoke` ends in, without its look at .venv."""
        return [sys.executable, str(self.root / "launcher"), *arguments]

    def start(self, *arguments: str, output: Path) -> subprocess.Popen[bytes]:
        """Start a task as the leader of a process group; all that it says goes to `output`."""
        with output.open("wb") as told:
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def configure(self, layer: str, values: Mapping[str, object]) -> None:
        """Set plain values in the layer's Pulumi.local.yaml, as an editor would."""
        file = self.root / "stacks" / layer / "Pulumi.local.yaml"
        content = yaml.safe_load(file.read_text()) if file.exists() else {}
        content.setdefault("config", {}).update(values)
        file.write_text(yaml.safe_dump(content))

    def invoke(
        self,
        *arguments: str,
        code: int | None = 0,
        timeout: float = PATIENCE,
        path: str = "",
        more: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a task; an exit code other than `code` fails with what was printed.

        `path` replaces PATH; `more` is added to the environment; `timeout` is in seconds.
        """
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.environment, **({"PATH": path} if path else {}), **(more or {})},
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
        """What `./invoke env` exports; starts the emulator if need be."""
        words = shlex.split(self.invoke("env").stdout)
        return dict(word.split("=", 1) for word in words if word != "export")

    def aws(self) -> dict[str, str]:
        """Endpoint, region and credentials of the copy's local AWS; starts it if need be."""
        emulator = Emulator(self.home / "emulator")
        if not emulator.status().running:
            self.invoke("emulator.start")
        return emulator.environment()

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A boto3 client of the copy's local AWS, which the caller closes."""
        words = self.aws()
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=words["AWS_ENDPOINT_URL"],
            aws_access_key_id=words["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=words["AWS_SECRET_ACCESS_KEY"],
        )

    def layers(self) -> list[str]:
        """The layers of the copy that have a program, in no order that matters."""
        return sorted(file.parent.name for file in self.root.glob("stacks/*/__main__.py"))

    def reports(self) -> list[dict[str, Any]]:
        """The reports of all runs so far, oldest first."""
        files = sorted((self.home / "reports").glob("*.json"))
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def resources(self, layer: str) -> dict[str, str]:
        """URN → id of what stands in the layer's state file; no stack, no resources."""
        return {item["urn"]: item.get("id", "") for item in self.states(layer)}

    def states(self, layer: str) -> list[dict[str, Any]]:
        """All of what the layer's state file says of each resource."""
        file = self.home / "backend" / ".pulumi" / "stacks" / layer / "local.json"
        if not file.exists():
            return []
        latest = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
        assert not latest.get("pending_operations"), f"{layer}: an operation is still pending"
        return list(latest.get("resources") or [])

    def settled(self) -> list[str]:
        """What a run that ended must not leave beside the states: journals and locks."""
        folder = self.home / "backend" / ".pulumi"
        left = [*folder.glob("journals/**/*.jsonl"), *folder.glob("locks/**/*.json")]
        return [str(file.relative_to(folder)) for file in left]

    def processes(self) -> list[psutil.Process]:
        """Every process that works in the copy."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return any(str(self.root) in word for word in process.cmdline())
        return False

    def stop(self) -> None:
        """End the copy's emulator, if it ever had one."""
        if (self.home / "emulator").exists():
            self.invoke("emulator.stop", code=None)

    def close(self, patience: float = PATIENCE / 5) -> None:
        """Stop the emulator; a process of the copy that is left after `patience` s is an error."""
        self.stop()
        deadline = time.monotonic() + patience
        while left := self.processes():
            if time.monotonic() > deadline:
                told = [" ".join(process.cmdline()) for process in left]
                for process in left:
                    process.kill()
                raise AssertionError(f"still running: {told}")
            time.sleep(0.05)


@contextlib.contextmanager
def fresh(folder: Path) -> Iterator[Checkout]:
    """A new copy that leaves no process behind."""
    checkout = Checkout.make(folder)
    try:
        yield checkout
    finally:
        checkout.close()
