"""A table's inputs as the arguments of CreateTable and UpdateTable."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Props, present

PROVISIONED = "PROVISIONED"


def table_arguments(inputs: Props) -> Props:
    """Everything that CreateTable itself can do."""
    return present(
        TableName=inputs["name"],
        AttributeDefinitions=attributes(inputs),
        KeySchema=key_schema(inputs["hashKey"], inputs.get("rangeKey")),
        BillingMode=billing_mode(inputs),
        ProvisionedThroughput=throughput(inputs) if is_provisioned(inputs) else None,
        OnDemandThroughput=on_demand(inputs.get("onDemandThroughput")),
        GlobalSecondaryIndexes=[
            global_index(index, inputs) for index in inputs.get("globalSecondaryIndexes") or []
        ],
        LocalSecondaryIndexes=[
            _local_index(index, inputs) for index in inputs.get("localSecondaryIndexes") or []
        ],
        StreamSpecification=stream(inputs) if inputs.get("streamEnabled") else None,
        SSESpecification=encryption(inputs) if inputs.get("serverSideEncryption") else None,
        TableClass=inputs.get("tableClass"),
        DeletionProtectionEnabled=inputs.get("deletionProtectionEnabled"),
    )


def billing_mode(inputs: Props) -> str:
    """PAY_PER_REQUEST or, as everywhere in AWS when nothing is said, PROVISIONED."""
    return str(inputs.get("billingMode") or PROVISIONED)


def is_provisioned(inputs: Props) -> bool:
    """Whether capacity is bought ahead."""
    return billing_mode(inputs) == PROVISIONED


def attributes(inputs: Props) -> list[Props]:
    """All key attributes of the table and its indexes."""
    return [
        {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
        for attribute in inputs.get("attributes") or []
    ]


def key_schema(hash_key: str, range_key: str | None) -> list[Props]:
    """A partition key and an optional sort key."""
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else [])


def throughput(capacity: Props, fallback: Props | None = None) -> Props:
    """Read and write capacity of a table or index, else the fallback's, else the least: 1."""
    spare = fallback or {}
    return {
        "ReadCapacityUnits": capacity.get("readCapacity") or spare.get("readCapacity") or 1,
        "WriteCapacityUnits": capacity.get("writeCapacity") or spare.get("writeCapacity") or 1,
    }


def on_demand(limits: Props | None) -> Props:
    """Upper limits of an on-demand table or index."""
    wanted = limits or {}
    return present(
        MaxReadRequestUnits=wanted.get("maxReadRequestUnits"),
        MaxWriteRequestUnits=wanted.get("maxWriteRequestUnits"),
    )


def stream(inputs: Props) -> Props:
    """Whether the table has a stream, and what is in it."""
    if not inputs.get("streamEnabled"):
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}


def encryption(inputs: Props) -> Props:
    """Encryption by a KMS key; switched off means by DynamoDB's own key."""
    wanted = inputs.get("serverSideEncryption") or {}
    if not wanted.get("enabled"):
        return {"Enabled": False}
    return present(Enabled=True, SSEType="KMS", KMSMasterKeyId=wanted.get("kmsKeyArn"))


def global_index(index: Props, table: Props) -> Props:
    """One global secondary index."""
    return present(
        IndexName=index["name"],
        KeySchema=key_schema(index["hashKey"], index.get("rangeKey")),
        Projection=_projection(index),
        ProvisionedThroughput=throughput(index) if is_provisioned(table) else None,
        OnDemandThroughput=on_demand(index.get("onDemandThroughput")),
    )


def _local_index(index: Props, table: Props) -> Props:
    return {
        "IndexName": index["name"],
        "KeySchema": key_schema(table["hashKey"], index["rangeKey"]),
        "Projection": _projection(index),
    }


def _projection(index: Props) -> Props:
    return present(
        ProjectionType=index["projectionType"], NonKeyAttributes=index.get("nonKeyAttributes")
    )


def key_types(inputs: Props) -> dict[str, Any]:
    """The types of the table's own key attributes."""
    keys = (inputs.get("hashKey"), inputs.get("rangeKey"))
    return {
        attribute["name"]: attribute.get("type")
        for attribute in inputs.get("attributes") or []
        if attribute.get("name") in keys
    }
