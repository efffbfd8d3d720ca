"""Route 53: hosted zones and record sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from localcloud.provider.resource import (
    TOKEN_INPUT,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    pairs,
    present,
)
from localcloud.provider.tags import TagMap

_COMMENT = "Managed by Pulumi"  # what Pulumi's AWS provider writes when the program says nothing
_QUOTED = ("TXT", "SPF")  # types whose values stand in quotes in Route 53, not in programs
_OWN = ("NS", "SOA")  # what a zone has by itself
_SYNC_SECONDS = 30 * 60


def bare(name: str) -> str:
    """Give a DNS name as programs write it: no final dot, lower case, `*` as itself."""
    return name.replace("\\052", "*").rstrip(".").lower()


def zone_id(id: str) -> str:
    """Give a zone's id without the path that AWS answers it with."""
    return id.rsplit("/", 1)[-1]


class ZoneTags(TagCalls):
    """Route 53 changes tags by one call of its own."""

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags as AWS has them."""
        found = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id)
        return self.parse(found["ResourceTagSet"].get("Tags", []))

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""
        client.change_tags_for_resource(
            ResourceType="hostedzone",
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
        "forceDestroy": Prop(local=True),
    }
    tags = ZoneTags(at_create=False)

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
            foreign = [found for found in _records(client, id) if found["Type"] not in _OWN]
            for found in foreign:
                _change(aws, id, "DELETE", found)
        client.delete_hosted_zone(Id=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the zone that our token made."""
        for page in aws.client("route53").get_paginator("list_hosted_zones").paginate():
            for zone in page["HostedZones"]:
                if zone["CallerReference"] == inputs[TOKEN_INPUT]:
                    return zone_id(zone["Id"])
        return None


class Record(ResourceType):
    """A record set; its id is "zone_name_type", with "_identifier" for routed ones."""

    token = "aws:route53/record:Record"
    service = "route53"
    regional = False
    props = {
        "zoneId": Prop(required=True, replaces=True, normalize=zone_id),
        "name": Prop(required=True, replaces=True, normalize=bare),
        "type": Prop(required=True, replaces=True),
        "setIdentifier": Prop(replaces=True),
        "ttl": Prop(),
        "records": Prop(unordered=True),
        "aliases": Prop(
            fields={"name": Prop(normalize=bare), "evaluateTargetHealth": Prop(default=False)}
        ),
        "weightedRoutingPolicies": Prop(),
        "latencyRoutingPolicies": Prop(),
        "failoverRoutingPolicies": Prop(),
        "healthCheckId": Prop(),
        "allowOverwrite": Prop(local=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A record has values or an alias."""
        if ("records" in inputs) == ("aliases" in inputs):
            yield "records", "give exactly one of records and aliases"
        if "records" in inputs and "ttl" not in inputs:
            yield "ttl", "records need a ttl"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it; one that is there already is only taken over if the program says so."""
        action = "UPSERT" if inputs.get("allowOverwrite") else "CREATE"
        zone = zone_id(inputs["zoneId"])
        full = _full_name(aws, zone, inputs["name"])
        _change(aws, zone, action, _record_set(inputs, full))
        return _record_id(inputs, full)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Routed records of one name and type differ by their identifier."""
        zone, name, kind, identifier = _split(id, known)
        found = _one(aws.client("route53"), zone, name, kind, identifier)
        if found is None:
            return None
        short = known.get("name")
        same = short is not None and _full_name(aws, zone, short) == name
        return {
            "zoneId": zone,
            "name": short if same else name,
            "fqdn": name,
            "type": kind,
            "setIdentifier": identifier,
            "ttl": found.get("TTL"),
            "records": [_unquoted(kind, item["Value"]) for item in found["ResourceRecords"]]
            if found.get("ResourceRecords")
            else None,
            "healthCheckId": found.get("HealthCheckId"),
            **_routing(found),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the new set over the old one."""
        zone, name, _, _ = _split(id, new)
        _change(aws, zone, "UPSERT", _record_set(new, name))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """AWS wants to be told exactly what it has."""
        zone, name, kind, identifier = _split(id, known)
        found = _one(aws.client("route53"), zone, name, kind, identifier)
        if found is not None:
            _change(aws, zone, "DELETE", found)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """The id follows from zone, name, type and identifier."""
        full = _full_name(aws, zone_id(inputs["zoneId"]), inputs["name"])
        return _record_id(inputs, full)


def _full_name(aws: Aws, zone: str, name: str) -> str:
    """Give a record's whole name: programs may leave out the zone's."""
    found = aws.client("route53").get_hosted_zone(Id=zone)
    domain, short = bare(found["HostedZone"]["Name"]), bare(name)
    if not short:
        return domain
    return short if short == domain or short.endswith(f".{domain}") else f"{short}.{domain}"


def _record_id(inputs: Props, full: str) -> str:
    parts = [zone_id(inputs["zoneId"]), full, inputs["type"], inputs.get("setIdentifier")]
    return "_".join(part for part in parts if part)


def _split(id: str, known: Props) -> tuple[str, str, str, str | None]:
    """Take an id apart; names and identifiers may have underscores, so the known type helps."""
    zone, _, rest = id.partition("_")
    kind = known.get("type")
    if kind is None:  # imported: routed records need their inputs
        name, _, kind = rest.rpartition("_")
        return zone, name, kind, None
    identifier = known.get("setIdentifier")
    ending = "_".join(part for part in ("", kind, identifier) if part is not None)
    return zone, rest.removesuffix(ending), kind, identifier


def _records(client: Any, zone: str, **start: Any) -> Iterator[dict[str, Any]]:
    pages = client.get_paginator("list_resource_record_sets")
    for page in pages.paginate(HostedZoneId=zone, **start):
        yield from page["ResourceRecordSets"]


def _one(
    client: Any, zone: str, name: str, kind: str, identifier: str | None
) -> dict[str, Any] | None:
    for found in _records(client, zone, StartRecordName=name, StartRecordType=kind):
        if bare(found["Name"]) != name:
            return None  # sets come sorted by name: ours would have come first
        if found["Type"] == kind and found.get("SetIdentifier") == identifier:
            return found
    return None


def _record_set(inputs: Props, full: str) -> dict[str, Any]:
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


def _routing(found: dict[str, Any]) -> Props:
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


def _unquoted(kind: str, value: str) -> str:
    quoted = kind in _QUOTED and value.startswith('"') and value.count('"') == 2
    return value.strip('"') if quoted else value


def _change(aws: Aws, zone: str, action: str, record: dict[str, Any]) -> None:
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


TYPES = [Zone(), Record()]
