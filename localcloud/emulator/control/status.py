"""What is known of a running server, for those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localcloud.emulator.control.ports import HOST


@dataclass(frozen=True)
class Endpoint:
    """Where the local AWS answers."""

    port: int
    started: bool = False
    """Whether this very call started it (False: it was running)."""

    @property
    def url(self) -> str:
        """Value for AWS_ENDPOINT_URL."""
        return f"http://{HOST}:{self.port}"


@dataclass(frozen=True)
class Credentials:
    """Access key of the admin user that deployments run as; the secret is not shown by repr()."""

    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id!r}, ...)"


@dataclass(frozen=True)
class Status:
    """State of the server; all but `running` and `home` are None when stopped."""

    running: bool
    home: Path
    log: Path
    pid: int | None = None
    port: int | None = None
    url: str | None = None
    uptime: float | None = None
    """Seconds."""
    memory: int | None = None
    """Resident bytes of the server."""
    workers: int = 0
    """Function workers alive."""
    worker_memory: int = 0
    """Resident bytes of all function workers."""
