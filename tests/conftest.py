"""How the tests are spread over cores: what shares a deployment stays together."""

from __future__ import annotations

from typing import Any

import pytest

TOGETHER = "tests/e2e/live/"
"""A folder whose files share one deployment; elsewhere each file is on its own."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile`, but for the folder that counts as one file."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # there, as its hook was called

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist publishes no types
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER if nodeid.startswith(TOGETHER) else super()._split_scope(nodeid)

    return Scheduling(config, log)
