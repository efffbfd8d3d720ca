"""Log groups beyond what every type must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.localcloud.provider.driver import Driver, Refused

GROUP = "aws:cloudwatch/logGroup:LogGroup"


def test_a_group_whose_name_begins_another_is_not_taken_for_it(driver: Driver) -> None:
    longer = driver.create(GROUP, {"name": "/same/start/longer"})
    shorter = driver.create(GROUP, {"name": "/same/start"})
    driver.delete(shorter)
    assert driver.read(shorter) is None
    assert driver.read(longer) is not None
    driver.delete(longer)


def test_a_group_may_outlive_its_stack(driver: Driver, clients: Callable[..., Any]) -> None:
    group = driver.create(GROUP, {"skipDestroy": True})
    driver.delete(group)
    assert driver.read(group) is not None
    clients("logs").delete_log_group(logGroupName=group.id)


def test_a_retention_that_does_not_exist_is_refused(driver: Driver) -> None:
    assert "retentionInDays" in driver.failures(GROUP, {"retentionInDays": 2})


def test_a_group_that_was_made_without_its_key_gets_it(driver: Driver) -> None:
    key = driver.create("aws:kms/key:Key", {"deletionWindowInDays": 7})
    group = driver.create(GROUP, {"tags": {"purpose": "test"}})
    wanted = {"kmsKeyId": key.outputs["arn"], "retentionInDays": 7, "tags": {"purpose": "test"}}
    driver.update(group, driver.check(GROUP, wanted, olds=group.inputs))
    found = driver.read(group)
    assert found is not None
    assert found.outputs["kmsKeyId"] == key.outputs["arn"]
    assert found.outputs["retentionInDays"] == 7
    assert found.outputs["tags"] == {"purpose": "test"}
    driver.delete(group)
    driver.delete(key)


def test_a_change_that_the_emulator_lacks_is_said_with_what_helps(driver: Driver) -> None:
    group = driver.create(GROUP, {})
    news = driver.check(GROUP, {"deletionProtectionEnabled": True}, olds=group.inputs)
    with pytest.raises(Refused, match="the emulator cannot change the deletion protection"):
        driver.update(group, news)
    driver.delete(group)
