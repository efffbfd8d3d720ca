"""A table changes one thing at a time, in an order that DynamoDB accepts."""

from __future__ import annotations

from typing import Any

from localcloud.provider.services.dynamodb.update_calls import update_calls

Props = dict[str, Any]

_INDEX: Props = {"name": "by-kind", "hashKey": "kind", "projectionType": "ALL"}
_TABLE: Props = {"name": "t", "hashKey": "id", "billingMode": "PAY_PER_REQUEST"}


def _calls(old: Props, new: Props, *changed: str) -> list[Props]:
    return list(update_calls({**_TABLE, **old}, {**_TABLE, **new}, frozenset(changed)))


def test_nothing_changed_is_no_call() -> None:
    assert _calls({"globalSecondaryIndexes": [_INDEX]}, {"globalSecondaryIndexes": [_INDEX]}) == []


def test_a_switch_to_provisioned_gives_every_index_its_capacity_in_the_same_call() -> None:
    index = {**_INDEX, "readCapacity": 3, "writeCapacity": 4}
    calls = _calls(
        {"globalSecondaryIndexes": [_INDEX]},
        {
            "billingMode": "PROVISIONED",
            "readCapacity": 1,
            "writeCapacity": 2,
            "globalSecondaryIndexes": [index],
        },
        *("billingMode", "readCapacity", "writeCapacity", "globalSecondaryIndexes"),
    )
    assert calls == [
        {
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            "GlobalSecondaryIndexUpdates": [
                {
                    "Update": {
                        "IndexName": "by-kind",
                        "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
                    }
                }
            ],
        }
    ]


def test_a_switch_to_on_demand_names_no_capacity() -> None:
    provisioned = {"billingMode": "PROVISIONED", "readCapacity": 1, "writeCapacity": 1}
    assert _calls(provisioned, {}, *provisioned) == [{"BillingMode": "PAY_PER_REQUEST"}]


def test_capacity_that_the_program_does_not_name_is_left_to_autoscaling() -> None:
    scaled = {**_INDEX, "readCapacity": 40, "writeCapacity": 40}
    provisioned = {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}
    assert (
        _calls(
            {**provisioned, "globalSecondaryIndexes": [scaled]},
            {**provisioned, "globalSecondaryIndexes": [_INDEX]},
        )
        == []
    )


def test_an_index_with_other_keys_is_removed_and_made_anew_in_two_calls() -> None:
    attributes = [{"name": "id", "type": "S"}, {"name": "sort", "type": "N"}]
    calls = _calls(
        {"globalSecondaryIndexes": [_INDEX]},
        {"globalSecondaryIndexes": [{**_INDEX, "rangeKey": "sort"}], "attributes": attributes},
        "globalSecondaryIndexes",
    )
    assert calls[0] == {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-kind"}}]}
    assert calls[1]["AttributeDefinitions"][1] == {"AttributeName": "sort", "AttributeType": "N"}
    assert "Create" in calls[1]["GlobalSecondaryIndexUpdates"][0]
    assert len(calls) == 2


def test_another_view_ends_the_stream_before_it_begins_anew() -> None:
    calls = _calls(
        {"streamEnabled": True, "streamViewType": "KEYS_ONLY"},
        {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
        "streamViewType",
    )
    assert calls == [
        {"StreamSpecification": {"StreamEnabled": False}},
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}},
    ]


def test_a_limit_that_is_gone_is_lifted() -> None:
    calls = _calls({"onDemandThroughput": {"maxReadRequestUnits": 5}}, {}, "onDemandThroughput")
    assert calls == [
        {"OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}}
    ]


def test_protection_is_lifted_before_anything_else() -> None:
    calls = _calls(
        {"deletionProtectionEnabled": True},
        {"tableClass": "STANDARD_INFREQUENT_ACCESS"},
        *("deletionProtectionEnabled", "tableClass"),
    )
    assert calls == [
        {"DeletionProtectionEnabled": False},
        {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
    ]
