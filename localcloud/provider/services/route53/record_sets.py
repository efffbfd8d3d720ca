"""Record sets as Route 53 has them: listed, changed, and put into the SDK's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localcloud.provider.base.resource import (
    Aws,
    Props,
    present,
)

_QUOTED = ("TXT", "SPF")  # types whose values stand in quotes in Route 53, not in programs
_SYNC_SECONDS = 30 * 60


def bare(name: str) -> str:
    """Give a DNS name as programs write it: no final dot, lower case, `*` as itself."""
    return name.replace("\\052", "*").rstrip(".").lower()


def zone_id(id: str) -> str:
    """Give a zone's id without the path that AWS answers it with."""
    return id.rsplit("/", 1)[-1]


def records(client: Any, zone: str, **start: Any) -> Iterator[dict[str, Any]]:
    """Go through a zone's record sets, sorted by name, from `start` on."""
    pages = client.get_paginator("list_resource_record_sets")
    for page in pages.paginate(HostedZoneId=zone, **start):
        yield from page["ResourceRecordSets"]


def one(
    client: Any, zone: str, name: str, kind: str, identifier: str | None
) -> dict[str, Any] | None:
    """Return the record set of this name, type and identifier, if there is one."""
    for found in records(client, zone, StartRecordName=name, StartRecordType=kind):
        if bare(found["Name"]) != name:
            return None  # sets come sorted by name: ours would have come first
        if found["Type"] == kind and found.get("SetIdentifier") == identifier:
            return found
    return None


def record_set(inputs: Props, full: str) -> dict[str, Any]:
    """Put a record's inputs into Route 53's words."""
    kind = inputs["type"]
    values = [{"Value": _quoted(kind, value)} for value in inputs.get("records", [])]
    return {
        "Name": full,
        "Type": kind,
        **present(
            TTL=inputs.get("ttl"),
            ResourceRecords=values,
            SetIdentifier=inputs.get("setIdentifier"),
            HealthCheckId=inputs.get("healthCheckId"),
            **_sent_routing(inputs),
        ),
    }


def _sent_routing(inputs: Props) -> dict[str, Any]:
    alias, weight, latency, failover = (
        (inputs.get(name) or [{}])[0]
        for name in (
            "aliases",
            "weightedRoutingPolicies",
            "latencyRoutingPolicies",
            "failoverRoutingPolicies",
        )
    )
    target = {
        "HostedZoneId": alias.get("zoneId"),
        "DNSName": alias.get("name"),
        "EvaluateTargetHealth": bool(alias.get("evaluateTargetHealth")),
    }
    return {
        "AliasTarget": target if alias else None,
        "Weight": weight.get("weight"),
        "Region": latency.get("region"),
        "Failover": failover.get("type"),
    }


def routing(found: dict[str, Any]) -> Props:
    """Put alias and routing of a record set into the SDK's words."""
    target = found.get("AliasTarget")
    alias = target and {
        "zoneId": target["HostedZoneId"],
        "name": bare(target["DNSName"]),
        "evaluateTargetHealth": target.get("EvaluateTargetHealth", False),
    }
    weight, region, failover = (found.get(name) for name in ("Weight", "Region", "Failover"))
    return {
        "aliases": [alias] if alias else None,
        "weightedRoutingPolicies": None if weight is None else [{"weight": weight}],
        "latencyRoutingPolicies": [{"region": region}] if region else None,
        "failoverRoutingPolicies": [{"type": failover}] if failover else None,
    }


def _quoted(kind: str, value: str) -> str:
    return f'"{value}"' if kind in _QUOTED and not value.startswith('"') else value


def unquoted(kind: str, value: str) -> str:
    """Give a value as programs write it."""
    quoted = kind in _QUOTED and value.startswith('"') and value.count('"') == 2
    return value.strip('"') if quoted else value


def change(aws: Aws, zone: str, action: str, record: dict[str, Any]) -> None:
    """Ask for one change, and wait until all name servers have it."""
    client = aws.client("route53")
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    change = client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]
    if change["Status"] != "INSYNC":
        aws.wait(
            lambda: client.get_change(Id=change["Id"])["ChangeInfo"]["Status"] == "INSYNC",
            what="the name servers to have the record",
            timeout=_SYNC_SECONDS,
        )
