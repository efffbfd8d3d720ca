"""Samples of DynamoDB."""

from __future__ import annotations

from tests.localcloud.provider.samples import Clients, Made, Props, Sample

TABLE = "aws:dynamodb/table:Table"


def _stop_recovery(clients: Clients, made: Made) -> None:
    clients("dynamodb").update_continuous_backups(
        TableName=made.id, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )


def _switch_off(clients: Clients, made: Made) -> None:
    clients("dynamodb").update_contributor_insights(
        TableName=made.id, ContributorInsightsAction="DISABLE"
    )


def _keys(*names: str) -> list[Props]:
    return [{"name": name, "type": "S"} for name in names]


_BY_KIND: Props = {"name": "by-kind", "hashKey": "kind", "projectionType": "ALL"}
_BY_TIME: Props = {
    "name": "by-time",
    "hashKey": "kind",
    "rangeKey": "timestamp",
    "projectionType": "INCLUDE",
    "nonKeyAttributes": ["price", "volume"],
}

_BOTH = "ACCESSED_AND_THROTTLED_KEYS"
_STREAMED: Props = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}

SAMPLES = [
    Sample(
        token=TABLE,
        needs={"key": "aws:kms/key:Key"},
        inputs={
            "attributes": _keys("timestamp", "symbol"),
            "hashKey": "symbol",
            "rangeKey": "timestamp",
            "billingMode": "PAY_PER_REQUEST",
            "pointInTimeRecovery": {"enabled": True},
            "ttl": {"enabled": True, "attributeName": "expires"},
            "tags": {"purpose": "test"},
        },
        updates=lambda needs: {
            "ttl": {"enabled": True, "attributeName": "gone"},
            "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": needs["key"].outputs["arn"]},
            "tableClass": "STANDARD_INFREQUENT_ACCESS",
            "onDemandThroughput": {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 50},
        },
        replace={
            "name": "another",
            "hashKey": "timestamp",
            "rangeKey": None,
            "localSecondaryIndexes": [
                {"name": "local", "rangeKey": "price", "projectionType": "KEYS_ONLY"}
            ],
        },
        along={
            "hashKey": {"rangeKey": "symbol"},
            "rangeKey": {"attributes": _keys("symbol")},
            "localSecondaryIndexes": {"attributes": _keys("price", "symbol", "timestamp")},
        },
        drift=_stop_recovery,
        drifted=("pointInTimeRecovery",),
        not_tried={
            **dict.fromkeys(_STREAMED, "has its own sample"),
            **dict.fromkeys(("replicas", "readCapacity", "writeCapacity"), "has its own sample"),
            **dict.fromkeys(("attributes", "globalSecondaryIndexes"), "has its own sample"),
            "billingMode": "has its own test",
            "deletionProtectionEnabled": "has its own test, which lifts it again",
        },
    ),
    Sample(
        token=TABLE,
        label="provisioned",
        inputs={
            "attributes": _keys("id", "kind"),
            "hashKey": "id",
            "readCapacity": 2,
            "writeCapacity": 3,
            "globalSecondaryIndexes": [{**_BY_KIND, "readCapacity": 1, "writeCapacity": 1}],
            **_STREAMED,
        },
        updates={
            "readCapacity": 4,
            "writeCapacity": 5,
            "globalSecondaryIndexes": [{**_BY_KIND, "readCapacity": 6, "writeCapacity": 7}],
            "streamViewType": "KEYS_ONLY",
            "streamEnabled": False,
            "serverSideEncryption": {"enabled": True},
        },
        replace={"attributes": [{"name": "id", "type": "N"}, {"name": "kind", "type": "S"}]},
    ),
    Sample(
        token=TABLE,
        label="indexed",
        inputs={
            "attributes": _keys("id", "kind", "timestamp"),
            "hashKey": "id",
            "billingMode": "PAY_PER_REQUEST",
            "globalSecondaryIndexes": [_BY_TIME, _BY_KIND],
        },
        updates={
            "globalSecondaryIndexes": [{**_BY_TIME, "nonKeyAttributes": ["volume"]}, _BY_KIND],
        },
    ),
    Sample(
        token=TABLE,
        label="replicated",
        inputs={
            "attributes": _keys("id"),
            "hashKey": "id",
            "billingMode": "PAY_PER_REQUEST",
            **_STREAMED,
            "replicas": [{"regionName": "us-west-2"}],
        },
        updates={
            "replicas": [
                {"regionName": "us-west-2", "pointInTimeRecovery": True},
                {"regionName": "eu-west-1"},
            ],
            "tableClass": "STANDARD_INFREQUENT_ACCESS",
        },
    ),
    Sample(
        token="aws:dynamodb/contributorInsights:ContributorInsights",
        needs={"table": f"{TABLE}#indexed"},
        inputs=lambda needs: {"tableName": needs["table"].id, "mode": _BOTH},
        replace={"indexName": "by-kind", "mode": "THROTTLED_KEYS"},
        moves=("tableName",),
        drift=_switch_off,
        imports=False,  # the emulator does not tell the mode
    ),
]
