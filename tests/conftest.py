"""How the tests are spread over cores, and what they start with."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lifeline import tied

END_TO_END = Path(__file__).parent / "e2e"
TOGETHER = ("tests/e2e/everything/", "tests/e2e/live/")
"""Folders whose files share one deployment; elsewhere each file is on its own."""


def pytest_configure() -> None:
    """Hear Ctrl-C: what a script starts with `&` is deaf to it, and so is all that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder what is end to end."""
    for item in items:
        if item.path.is_relative_to(END_TO_END):
            item.add_marker("e2e")


@pytest.fixture(scope="session", autouse=True)
def lifeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests start ends with the run, however that ends."""
    with tied(tmp_path_factory.getbasetemp()):
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile`, but for the folders that count as one file each."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # there, as its hook was called

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist publishes no types
        def _split_scope(self, nodeid: str) -> str:
            own = next((folder for folder in TOGETHER if nodeid.startswith(folder)), "")
            return own or super()._split_scope(nodeid)

    return Scheduling(config, log)
