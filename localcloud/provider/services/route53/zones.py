"""Hosted zones."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    pairs,
    present,
)
from localcloud.provider.base.tags import TagMap
from localcloud.provider.services.route53.record_sets import bare, change, records, zone_id

_COMMENT = "Managed by Pulumi"  # what Pulumi's AWS provider writes when the program says nothing
_OWN = ("NS", "SOA")  # what a zone has by itself


class Route53Tags(TagCalls):
    """Route 53 changes tags by one call of its own, which names the kind of resource."""

    def __init__(self, kind: str) -> None:
        super().__init__(at_create=False)
        self.kind = kind

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags as AWS has them."""
        found = client.list_tags_for_resource(ResourceType=self.kind, ResourceId=id)
        return self.parse(found["ResourceTagSet"].get("Tags", []))

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""
        client.change_tags_for_resource(
            ResourceType=self.kind,
            ResourceId=id,
            **present(AddTags=pairs(put), RemoveTagKeys=drop),
        )


class Zone(ResourceType):
    """A public hosted zone; private ones (`vpcs`) are refused."""

    token = "aws:route53/zone:Zone"
    service = "route53"
    regional = False
    creation_token = True
    props = {
        "name": Prop(required=True, replaces=True, normalize=bare),
        "comment": Prop(default=_COMMENT),
        "forceDestroy": Prop(provider_only=True),
    }
    tags = Route53Tags("hostedzone")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it; AWS remembers our token as the caller's reference."""
        made = aws.client("route53").create_hosted_zone(
            Name=inputs["name"],
            CallerReference=inputs[TOKEN_INPUT],
            HostedZoneConfig={"Comment": inputs.get("comment") or _COMMENT},
        )
        return zone_id(made["HostedZone"]["Id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Zone and name servers come together."""
        found = aws.client("route53").get_hosted_zone(Id=id)
        servers = sorted(found.get("DelegationSet", {}).get("NameServers", []))
        return {
            "arn": f"arn:{aws.partition}:route53:::hostedzone/{id}",
            "zoneId": id,
            "name": bare(found["HostedZone"]["Name"]),
            "comment": found["HostedZone"].get("Config", {}).get("Comment"),
            "nameServers": servers,
            "primaryNameServer": servers[0] if servers else None,
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Only the comment can change."""
        comment = new.get("comment") or _COMMENT
        aws.client("route53").update_hosted_zone_comment(Id=id, Comment=comment)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it, with the records in it if the program asked for that."""
        client = aws.client("route53")
        if known.get("forceDestroy"):
            foreign = [found for found in records(client, id) if found["Type"] not in _OWN]
            for found in foreign:
                change(aws, id, "DELETE", found)
        client.delete_hosted_zone(Id=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the zone that our token made."""
        for page in aws.client("route53").get_paginator("list_hosted_zones").paginate():
            for zone in page["HostedZones"]:
                if zone["CallerReference"] == inputs[TOKEN_INPUT]:
                    return zone_id(zone["Id"])
        return None
