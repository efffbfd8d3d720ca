"""Changes that MiniStack completes a moment later, in a thread that a kill ends with the server.

A function is answered for, and saved, as Pending; the thread that makes it Active does not come
back with the state. Its code and settings are all there, so nothing is left to wait for.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

READY = {"State": "Active", "LastUpdateStatus": "Successful"}
ABOUT = ("StateReason", "StateReasonCode", "LastUpdateStatusReason", "LastUpdateStatusReasonCode")
"""What explains the wait; empty when there is none."""


def complete(lambda_module: ModuleType) -> None:
    """Make ready what was loaded on its way there."""
    for config in _configs(lambda_module):
        if config.get("State") == "Pending" or config.get("LastUpdateStatus") == "InProgress":
            config.update(READY | dict.fromkeys(ABOUT, ""))


def _configs(lambda_module: ModuleType) -> Iterator[dict[str, Any]]:
    """Of every function and version, but for versions that MiniStack itself goes on preparing."""
    for function in lambda_module._functions._data.values():
        yield function["config"]
        for version in (function.get("versions") or {}).values():
            config = version.get("config") or {}
            if (config.get("SnapStart") or {}).get("OptimizationStatus") != "On":
                yield config
