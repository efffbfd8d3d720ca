"""Replicas of a table in other regions: made, read and removed through the table they copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localcloud.provider.base.resource import Aws, Props, pairs, present, sent

Apply = Callable[[Props], None]  # makes one UpdateTable call and waits until it is done


def read_replicas(aws: Aws, table: Props, known: Props) -> list[Props]:
    """Every replica as its own region describes it."""
    known_replicas = {replica.get("regionName"): replica for replica in known.get("replicas") or []}
    return [
        _read_one(aws, table["TableName"], replica, known_replicas.get(replica["RegionName"], {}))
        for replica in table.get("Replicas") or []
        if replica["RegionName"] != aws.region
    ]


def change_replicas(aws: Aws, apply: Apply, old: Props, new: Props) -> None:
    """Remove the replicas that are gone or need another key, make the new ones, adjust the rest."""
    before, after = _by_region(old), _by_region(new)
    for region, replica in before.items():
        if region not in after or _rebuilt(replica, after[region]):
            remove_replica(apply, region)
    for region, replica in after.items():
        if region not in before or _rebuilt(before[region], replica):
            create = present(RegionName=region, KMSMasterKeyId=replica.get("kmsKeyArn"))
            apply({"ReplicaUpdates": [{"Create": create}]})
        _adjust(aws, new, replica)


def remove_replica(apply: Apply, region: str) -> None:
    """Remove one replica; the table itself cannot go while it has any."""
    apply({"ReplicaUpdates": [{"Delete": {"RegionName": region}}]})


def _adjust(aws: Aws, inputs: Props, replica: Props) -> None:
    region, name = replica["regionName"], inputs["name"]
    client = aws.client("dynamodb", region)
    client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": bool(replica.get("pointInTimeRecovery"))
        },
    )
    protected = bool(replica.get("deletionProtectionEnabled"))
    client.update_table(TableName=name, DeletionProtectionEnabled=protected)
    if replica.get("propagateTags") and sent(inputs):
        arn = aws.arn("dynamodb", f"table/{name}", region=region)
        client.tag_resource(ResourceArn=arn, Tags=pairs(sent(inputs)))


def _read_one(aws: Aws, name: str, replica: Props, known: Props) -> Props:
    region = replica["RegionName"]
    client = aws.client("dynamodb", region)
    table = client.describe_table(TableName=name)["Table"]
    backups = client.describe_continuous_backups(TableName=name)
    return {
        "regionName": region,
        "arn": table["TableArn"],
        "streamArn": table.get("LatestStreamArn", ""),
        "streamLabel": table.get("LatestStreamLabel", ""),
        # An emulator may lack it; AWS never changes the key of a replica that is there.
        "kmsKeyArn": replica.get("KMSMasterKeyId") or known.get("kmsKeyArn", ""),
        "pointInTimeRecovery": recovers(backups),
        "deletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
        "propagateTags": bool(known.get("propagateTags")),
    }


def recovers(backups: Props) -> bool:
    """Whether an answer of DescribeContinuousBackups says that point-in-time recovery is on."""
    description = backups["ContinuousBackupsDescription"]
    status = description.get("PointInTimeRecoveryDescription", {})
    return bool(status.get("PointInTimeRecoveryStatus") == "ENABLED")


def _by_region(table: Props) -> dict[str, Props]:
    return {replica["regionName"]: replica for replica in table.get("replicas") or []}


def _rebuilt(old: Props, new: Props) -> bool:
    """Whether the replica needs another key; one that the program does not name stays."""
    wanted: Any = new.get("kmsKeyArn")
    return bool(wanted) and old.get("kmsKeyArn") != wanted
