"""Programs to deploy, in a world of fake things."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.engine.program.programs import Programs
from tests.localcloud.engine.lab import Lab, environment


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    """One fork server for all tests: importing the SDK takes a second."""
    programs = Programs(sys.executable, environment())
    yield programs
    programs.close()


@pytest.fixture
def lab(tmp_path: Path, programs: Programs) -> Lab:
    """A project `p`, its stack `dev`, and the world that it deploys to."""
    return Lab(tmp_path, programs)
