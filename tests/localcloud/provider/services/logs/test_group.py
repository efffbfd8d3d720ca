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


def test_what_the_emulator_cannot_change_is_said_with_what_helps(driver: Driver) -> None:
    key = driver.create("aws:kms/key:Key", {"deletionWindowInDays": 7})
    group = driver.create(GROUP, {})
    news = driver.check(GROUP, {"kmsKeyId": key.outputs["arn"]}, olds=group.inputs)
    with pytest.raises(Refused, match="the emulator cannot change the key of log group"):
        driver.update(group, news)
    driver.delete(group)
    driver.delete(key)
