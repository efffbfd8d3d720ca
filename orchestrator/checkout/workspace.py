"""The checkout that a command works in, and the private folder of its local cloud."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """Paths of a checkout; nothing is read or made before it is asked for."""

    root: Path

    @property
    def home(self) -> Path:
        """`.microstack/`, mode 0700: the local cloud, its state, logs and reports."""
        return self.root / ".microstack"

    @property
    def emulator(self) -> Path:
        """The emulator's own folder."""
        return self.home / "emulator"

    @property
    def backend(self) -> Path:
        """Pulumi's file backend of the environment `local`."""
        return self.home / "backend"

    @property
    def cloud_identity(self) -> Path:
        """Identifies the local AWS that the states of `local` describe."""
        return self.home / "cloud"

    @property
    def passphrase(self) -> Path:
        """The passphrase of the local stacks' secrets, mode 0600."""
        return self.home / "passphrase"

    @property
    def salt(self) -> Path:
        """What the key of the local stacks' secrets is derived with, beside the passphrase."""
        return self.home / "salt"

    @property
    def plugin(self) -> Path:
        """The folder of `pulumi-resource-aws`, for the PATH of the real CLI."""
        return self.root / "localcloud" / "plugin"

    @property
    def running(self) -> Path:
        """One file for each run that is going on."""
        return self.home / "running"

    @property
    def editing(self) -> Path:
        """Whose lock is held while a stack file is read, changed and written."""
        return self.home / "editing"

    @property
    def reports(self) -> Path:
        """One JSON file per run."""
        return self.home / "reports"

    @property
    def smoke_log(self) -> Path:
        """What pytest printed at the last smoke run."""
        return self.home / "smoke.log"

    def make_home(self) -> Path:
        """Create the private folder, or tighten it; returns it."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.home.chmod(0o700)
        return self.home
