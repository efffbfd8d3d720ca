"""What was on its way when the server was killed arrives after the restart."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.emulator.persistence import transitions
from tests.localcloud.emulator.conftest import Lab
from tests.localcloud.emulator.sample_functions import archive, make_function

SOURCE = "def handler(event, context):\n    return 1\n"
CHANGES: dict[str, dict[str, Any]] = {
    "update_function_code": {"ZipFile": archive(SOURCE.replace("1", "2"))},
    "update_function_configuration": {"Timeout": 7},
}


@pytest.mark.parametrize("call", CHANGES)
def test_a_function_that_was_pending_becomes_active(lab: Lab, call: str) -> None:
    make_function(lab, "f", SOURCE)
    answer = getattr(lab.client("lambda"), call)(FunctionName="f", **CHANGES[call])
    assert answer["LastUpdateStatus"] == "InProgress"
    lab.crash_and_restart()
    found = lab.client("lambda").get_function_configuration(FunctionName="f")
    assert (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful")
    assert found["CodeSha256"] == answer["CodeSha256"]
    assert found["Timeout"] == answer["Timeout"]


def test_what_is_prepared_by_others_is_left_to_them() -> None:
    snap = {"State": "Pending", "SnapStart": {"OptimizationStatus": "On"}}
    function: dict[str, Any] = {
        "config": {"State": "Pending"},
        "versions": {"1": {"config": dict(snap)}},
    }

    class Module:
        class _functions:  # noqa: N801  # MiniStack's name
            _data = {"f": function}

    transitions.complete(Module)  # type: ignore[arg-type]  # as much of the module as is read
    assert function["config"]["State"] == "Active"
    assert function["versions"]["1"]["config"] == snap
