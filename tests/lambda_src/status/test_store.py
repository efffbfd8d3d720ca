"""The store of `status` on a real Parameter Store (the emulator's)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from common.values import Cached, parameter
from status.store import SsmStore


def test_a_changed_parameter_shows_when_the_cache_is_old(
    cloud: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"/test/{uuid.uuid4().hex}"
    cloud("ssm").put_parameter(Name=name, Value="one", Type="String")
    monkeypatch.setenv("APP_CONFIG_PARAMETER", name)
    now = 0.0
    store = SsmStore(Cached(lambda: parameter(name), life=60, clock=lambda: now))
    assert store.app_config().text == "one"
    cloud("ssm").put_parameter(Name=name, Value="two", Type="String", Overwrite=True)
    assert store.app_config().text == "one"
    now = 61.0
    assert (store.app_config().text, store.app_config().version) == ("two", 2)
    assert SsmStore.from_environment().app_config().text == "two"
