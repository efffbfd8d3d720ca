"""What DynamoDB switches on and off by calls of their own: recovery to a point in time, expiry."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Props, present
from localcloud.provider.services.dynamodb.replicas import recovers

RECOVERY_DAYS = 35  # DynamoDB's own period, and its longest


def if_enabled(setting: Any) -> Any:
    """A setting that is switched off is the same as none."""
    return setting if isinstance(setting, dict) and setting.get("enabled") else None


def set_recovery(aws: Aws, name: str, inputs: Props) -> None:
    """Switch point-in-time recovery on, with its period, or off."""
    wanted = if_enabled(inputs.get("pointInTimeRecovery")) or {}
    days = wanted.get("recoveryPeriodInDays")
    aws.client("dynamodb").update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": bool(wanted),
            **present(RecoveryPeriodInDays=days),
        },
    )


def recovery(client: Any, name: str, known: Props) -> Props:
    """Read point-in-time recovery; a period that the emulator leaves out is the known one."""
    backups = client.describe_continuous_backups(TableName=name)
    if not recovers(backups):
        return {"enabled": False}
    status = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    period = (known.get("pointInTimeRecovery") or {}).get("recoveryPeriodInDays", RECOVERY_DAYS)
    return {"enabled": True, "recoveryPeriodInDays": status.get("RecoveryPeriodInDays", period)}


def set_expiry(aws: Aws, name: str, ttl: Props, *, enabled: bool) -> None:
    """Switch the expiry of items on or off."""
    aws.client("dynamodb").update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": enabled, "AttributeName": ttl["attributeName"]},
    )


def change_expiry(aws: Aws, name: str, old: Any, new: Any) -> None:
    """Another attribute needs the old expiry switched off first; AWS refuses to set the same."""
    before, after = if_enabled(old), if_enabled(new)
    if before == after:
        return
    if before:
        set_expiry(aws, name, before, enabled=False)
    if after:
        set_expiry(aws, name, after, enabled=True)


def expiry(client: Any, name: str) -> Props | None:
    """Read which attribute items expire by; None when they do not."""
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if ttl.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        return None
    return {"enabled": True, "attributeName": ttl["AttributeName"]}
