"""Where the emulator keeps things under its home folder, and who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The files of one emulator; every folder is private (0700), as the state has key material."""

    home: Path

    @property
    def lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.home / "lock"

    @property
    def serving(self) -> Path:
        """Held by the server process for as long as it lives."""
        return self.home / "serving"

    @property
    def process(self) -> Path:
        """Who serves: pid, its start time, port."""
        return self.home / "process.json"

    @property
    def port(self) -> Path:
        """The port, kept over restarts so that URLs stay valid."""
        return self.home / "port"

    @property
    def credentials(self) -> Path:
        """Access key of the admin user (0600)."""
        return self.home / "credentials.json"

    @property
    def log(self) -> Path:
        """The server's log (0600)."""
        return self.home / "emulator.log"

    @property
    def state(self) -> Path:
        """Snapshot and journal of all services."""
        return self.home / "state"

    @property
    def objects(self) -> Path:
        """S3 objects."""
        return self.home / "s3"

    @property
    def scratch(self) -> Path:
        """TMPDIR of the server: unpacked functions live here."""
        return self.home / "tmp"

    @property
    def user_home(self) -> Path:
        """HOME of the server and of the functions: empty, so no ~/.aws is found."""
        return self.home / "home"

    def make_home(self) -> None:
        """Create the folder that has the lock; private also when it was there before."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.home.chmod(0o700)

    def make(self) -> None:
        """Create all folders; only under the lock, as others may be removing them."""
        self.make_home()
        for folder in (self.state, self.objects, self.scratch, self.user_home):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
