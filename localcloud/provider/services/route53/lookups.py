"""Lookups about hosted zones."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.aws import Aws
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.tags import visible
from localcloud.provider.services.route53.record_sets import bare, zone_id
from localcloud.provider.services.route53.zones import Route53Tags


def zone(aws: Aws, args: dict[str, Any]) -> dict[str, Any]:
    """The hosted zone of an id: its name, its servers, and whether it is private.

    Only by `zoneId`; a lookup by name or tags is refused.
    """
    if set(args) != {"zoneId"}:
        raise ProviderError("the local cloud's provider looks zones up by zoneId alone")
    client = aws.client("route53")
    answer = client.get_hosted_zone(Id=args["zoneId"])
    found, id = answer["HostedZone"], zone_id(answer["HostedZone"]["Id"])
    tags = Route53Tags("hostedzone").read(client, id, {})
    servers = sorted(answer.get("DelegationSet", {}).get("NameServers", []))
    return {
        "id": id,
        "zoneId": id,
        "arn": f"arn:{aws.partition}:route53:::hostedzone/{id}",
        "name": bare(found["Name"]),
        "callerReference": found["CallerReference"],
        "comment": found.get("Config", {}).get("Comment", ""),
        "privateZone": found.get("Config", {}).get("PrivateZone", False),
        "resourceRecordSetCount": found.get("ResourceRecordSetCount", 0),
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
        "tags": visible(tags),
    }


INVOKES = {"aws:route53/getZone:getZone": zone}
