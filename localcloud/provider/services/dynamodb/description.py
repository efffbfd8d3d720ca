"""What DescribeTable answers, in the shapes of the SDK."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Props


def table_properties(table: Props) -> Props:
    """All properties of a table that its description holds."""
    throughput = table.get("ProvisionedThroughput") or {}
    has_stream = bool((table.get("StreamSpecification") or {}).get("StreamEnabled"))
    return {
        "name": table["TableName"],
        "arn": table["TableArn"],
        "attributes": [
            {"name": attribute["AttributeName"], "type": attribute["AttributeType"]}
            for attribute in table["AttributeDefinitions"]
        ],
        **_keys(table),
        "billingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "readCapacity": throughput.get("ReadCapacityUnits", 0),
        "writeCapacity": throughput.get("WriteCapacityUnits", 0),
        "onDemandThroughput": _on_demand(table),
        "globalSecondaryIndexes": [
            _global_index(index) for index in table.get("GlobalSecondaryIndexes") or []
        ],
        "localSecondaryIndexes": [
            _local_index(index) for index in table.get("LocalSecondaryIndexes") or []
        ],
        "streamEnabled": has_stream,
        "streamViewType": (table.get("StreamSpecification") or {}).get("StreamViewType", ""),
        "streamArn": table.get("LatestStreamArn", "") if has_stream else "",
        "streamLabel": table.get("LatestStreamLabel", "") if has_stream else "",
        "serverSideEncryption": _encryption(table.get("SSEDescription") or {}),
        "tableClass": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "deletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
    }


def is_ready(table: Props) -> bool:
    """Whether the table, its indexes and its replicas have finished changing."""
    statuses = [
        table["TableStatus"],
        *(index["IndexStatus"] for index in table.get("GlobalSecondaryIndexes") or []),
        *(replica.get("ReplicaStatus", "ACTIVE") for replica in table.get("Replicas") or []),
    ]
    updating = (table.get("SSEDescription") or {}).get("Status") in ("ENABLING", "UPDATING")
    return not updating and all(status == "ACTIVE" for status in statuses)


def _keys(described: Props) -> Props:
    keys = {key["KeyType"]: key["AttributeName"] for key in described["KeySchema"]}
    return {"hashKey": keys["HASH"]} | ({"rangeKey": keys["RANGE"]} if "RANGE" in keys else {})


def _global_index(index: Props) -> Props:
    throughput = index.get("ProvisionedThroughput") or {}
    return {
        "name": index["IndexName"],
        **_keys(index),
        **_projection(index),
        "readCapacity": throughput.get("ReadCapacityUnits", 0),
        "writeCapacity": throughput.get("WriteCapacityUnits", 0),
        "onDemandThroughput": _on_demand(index),
    }


def _local_index(index: Props) -> Props:
    return {
        "name": index["IndexName"],
        "rangeKey": _keys(index)["rangeKey"],
        **_projection(index),
    }


def _projection(index: Props) -> Props:
    projection = index["Projection"]
    return {
        "projectionType": projection["ProjectionType"],
        "nonKeyAttributes": projection.get("NonKeyAttributes", []),
    }


def _on_demand(described: Props) -> Any:
    limits = described.get("OnDemandThroughput")
    if not limits:
        return None
    return {
        "maxReadRequestUnits": limits.get("MaxReadRequestUnits", -1),
        "maxWriteRequestUnits": limits.get("MaxWriteRequestUnits", -1),
    }


def _encryption(description: Props) -> Props | None:
    if description.get("Status") not in ("ENABLED", "ENABLING", "UPDATING"):
        return None
    return {"enabled": True, "kmsKeyArn": description.get("KMSMasterKeyArn", "")}
