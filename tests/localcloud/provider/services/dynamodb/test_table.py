"""Tables on a real emulator, beyond what every type must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.localcloud.provider.driver import Driver, Refused

TABLE = "aws:dynamodb/table:Table"
Props = dict[str, Any]

_KEYED: Props = {"attributes": [{"name": "id", "type": "S"}], "hashKey": "id"}
_ON_DEMAND: Props = {**_KEYED, "billingMode": "PAY_PER_REQUEST"}


def test_a_protected_table_stays_until_its_protection_is_lifted(driver: Driver) -> None:
    table = driver.create(TABLE, {**_ON_DEMAND, "deletionProtectionEnabled": True})
    with pytest.raises(Refused, match="protect"):
        driver.delete(table)
    lifted = driver.check(TABLE, _ON_DEMAND, olds=table.inputs)
    driver.delete(driver.update(table, lifted))
    assert driver.read(table) is None


def test_billing_changes_in_both_directions(driver: Driver) -> None:
    table = driver.create(TABLE, _ON_DEMAND)
    provisioned = {**_KEYED, "readCapacity": 3, "writeCapacity": 4}
    for wanted, mode, units in (
        (provisioned, "PROVISIONED", 3),
        (_ON_DEMAND, "PAY_PER_REQUEST", 0),
    ):
        news = driver.check(TABLE, wanted, olds=table.inputs)
        table = driver.update(table, news)
        assert table.outputs["billingMode"] == mode
        assert table.outputs["readCapacity"] == units
        assert not driver.diff(table, news).diffs
    driver.delete(table)


def test_a_replica_goes_with_its_table_and_has_its_own_recovery(
    driver: Driver, clients: Callable[..., Any]
) -> None:
    replica = {"regionName": "eu-west-1", "pointInTimeRecovery": True, "propagateTags": True}
    stream = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
    table = driver.create(
        TABLE, {**_ON_DEMAND, **stream, "replicas": [replica], "tags": {"a": "1"}}
    )
    there = clients("dynamodb", "eu-west-1")
    described = there.describe_table(TableName=table.id)["Table"]
    tags = there.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    backups = there.describe_continuous_backups(TableName=table.id)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"

    driver.delete(table)
    assert table.id not in there.list_tables()["TableNames"]


def test_a_replica_keeps_the_key_that_it_was_made_with(
    driver: Driver, clients: Callable[..., Any]
) -> None:
    key = clients("kms", "eu-west-1").create_key()["KeyMetadata"]["Arn"]
    stream = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
    replica = {"regionName": "eu-west-1", "kmsKeyArn": key}
    table = driver.create(TABLE, {**_ON_DEMAND, **stream, "replicas": [replica]})
    news = driver.check(TABLE, {**_ON_DEMAND, **stream, "replicas": [replica]}, olds=table.inputs)
    found = driver.read(table)
    assert found is not None
    assert not driver.diff(found, news).diffs
    driver.delete(table)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"streamEnabled": True}, "streamViewType"),
        ({"billingMode": "PROVISIONED"}, "billingMode"),
        ({"hashKey": "other"}, "hashKey"),
        ({"rangeKey": "other"}, "rangeKey"),
        ({"restoreSourceName": "backup"}, "restoreSourceName"),
    ],
)
def test_what_dynamodb_would_refuse_is_refused_first(
    driver: Driver, wrong: Props, name: str
) -> None:
    assert name in driver.failures(TABLE, {**_ON_DEMAND, **wrong})
