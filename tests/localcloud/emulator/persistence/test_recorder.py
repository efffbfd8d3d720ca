"""What could not be written is written later, and whole."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from ministack.core.responses import AccountScopedDict

from localcloud.emulator.persistence import journal
from localcloud.emulator.persistence.recorder import Recorder
from localcloud.emulator.persistence.stores import Store


def recorded(recorder: Any, stores: list[Store], disk: dict[str, Any]) -> None:
    for line in Recorder._lines(recorder, [(store, None) for store in stores]):
        journal.apply(disk, json.loads(line))


def scoped(values: dict[str, Any]) -> AccountScopedDict:
    made = AccountScopedDict()
    made._data = {("1", key): value for key, value in values.items()}
    return made


def data(disk: dict[str, Any], name: str) -> dict[str, Any]:
    entries = disk[name]["data"]
    return {key.partition("\x00")[2].strip("'"): value for key, value in entries.items()}


def test_a_value_that_resists_does_not_take_others_with_it() -> None:
    good, bad = scoped({"a": 1, "b": 2}), scoped({"x": 1, "y": {1, 2}})
    stores = [Store("s", "good", lambda: good), Store("s", "bad", lambda: bad)]
    disk: dict[str, Any] = {}
    recorded(SimpleNamespace(), stores, disk)
    assert data(disk, "good") == {"a": 1, "b": 2}
    del good._data["1", "a"], bad._data["1", "x"]
    bad._data["1", "y"] = 3
    recorded(SimpleNamespace(), stores, disk)
    assert data(disk, "good") == {"b": 2}
    assert data(disk, "bad") == {"y": 3}


def test_a_moment_of_change_is_waited_for() -> None:
    values = scoped({"a": 1, "b": 2})
    moments = iter([False, True, False, False])

    def shape(value: Any) -> Any:
        if next(moments, False):
            raise RuntimeError("dictionary changed size during iteration")
        return value

    disk: dict[str, Any] = {}
    recorded(SimpleNamespace(), [Store("s", "n", lambda: values, shape)], disk)
    assert data(disk, "n") == {"a": 1, "b": 2}
