"""A small checkout for what is done before anything is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import uv
from tests.installer.small import ROOT, Small


@pytest.fixture(scope="session")
def real_uv() -> str:
    found = uv.provide(ROOT)
    assert found, "no uv: it is fetched by pip, as for a user"
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, real_uv: str) -> Small:
    """One that has all; for what only starts it."""
    small = Small.make(tmp_path_factory.mktemp("installed"), real_uv)
    assert small.run("x")[:2] == (0, "<x>")
    return small


@pytest.fixture
def small(tmp_path: Path, real_uv: str) -> Small:
    return Small.make(tmp_path, real_uv)
