"""Lookups about the caller and the place: account, region, partition, zones."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.aws import Aws


def caller_identity(aws: Aws, args: dict[str, Any]) -> dict[str, Any]:
    """Who is calling."""
    who = aws.connections.identity
    account = who["Account"]
    return {"accountId": account, "arn": who["Arn"], "id": account, "userId": who["UserId"]}


def region(aws: Aws, args: dict[str, Any]) -> dict[str, Any]:
    """Which region the provider works in, or facts about the one named."""
    name = args.get("region") or args.get("name") or aws.region
    endpoint = f"ec2.{name}.amazonaws.com"
    return {"id": name, "name": name, "region": name, "description": name, "endpoint": endpoint}


def partition(aws: Aws, args: dict[str, Any]) -> dict[str, Any]:
    """Which partition the region lies in."""
    suffix = "amazonaws.com.cn" if aws.partition == "aws-cn" else "amazonaws.com"
    prefix = ".".join(reversed(suffix.split(".")))
    name = aws.partition
    return {"id": name, "partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": prefix}


def availability_zones(aws: Aws, args: dict[str, Any]) -> dict[str, Any]:
    """The region's zones, in their names' order."""
    found = aws.at(args.get("region")).client("ec2").describe_availability_zones()
    wanted = args.get("state")
    zones = sorted(
        (zone for zone in found["AvailabilityZones"] if wanted in (None, zone.get("State"))),
        key=lambda zone: str(zone["ZoneName"]),
    )
    return {
        "id": args.get("region") or aws.region,
        "region": args.get("region") or aws.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone.get("ZoneId", "") for zone in zones],
        "groupNames": sorted({zone.get("GroupName", "") for zone in zones} - {""}),
        **{key: value for key, value in args.items() if key != "region"},
    }


INVOKES = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
}
