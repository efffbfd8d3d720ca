"""Clients and settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from common import aws


def test_a_client_is_made_once_and_repeats_what_fails(cloud: Callable[[str], Any]) -> None:
    client = cloud("dynamodb")
    assert cloud("dynamodb") is client
    assert client.meta.config.retries["mode"] == "standard"
    assert client.meta.config.retries["total_max_attempts"] == 4


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("RECORDS_TABLE", raising=False)
    if value is not None:
        monkeypatch.setenv("RECORDS_TABLE", value)
    with pytest.raises(RuntimeError, match="RECORDS_TABLE"):
        aws.setting("RECORDS_TABLE")
