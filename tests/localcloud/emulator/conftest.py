"""A local AWS of its own for a test, and the means to kill it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from localcloud.emulator import Emulator
from tests.patience import PATIENCE, has_ended, until

QUICK = Config(
    retries={"total_max_attempts": 1},
    max_pool_connections=32,
    connect_timeout=PATIENCE,
    read_timeout=PATIENCE,
)


class Lab:
    """An emulator, clients for it, and kill -9."""

    def __init__(self, home: Path) -> None:
        self.emulator = Emulator(home)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client that never retries by itself: what it reports is what happened."""
        admin = self.emulator.credentials()
        return self.client_as(service, admin.access_key_id, admin.secret_access_key, region=region)

    def client_as(
        self,
        service: str,
        key: str,
        secret: str,
        token: str | None = None,
        *,
        region: str = "us-east-1",
    ) -> Any:
        """The same for another caller."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.emulator.status().url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=QUICK,
        )

    def kill(self) -> None:
        """kill -9 of the server, and wait until it is gone."""
        pid = self.emulator.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        gone(pid)

    def crash_and_restart(self) -> None:
        """What a test of durability is about."""
        self.kill()
        assert self.emulator.start().started


def gone(pid: int) -> None:
    """Wait for the end of a process that need not be our child."""
    until(lambda: has_ended(pid), f"the end of process {pid}", pause=0.01)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A running local AWS with nothing in it."""
    lab = Lab(tmp_path / "emulator")
    lab.emulator.start()
    yield lab
    lab.emulator.stop()
