"""Record sets as resources."""

from __future__ import annotations

from collections.abc import Iterable

from localcloud.provider.base.resource import (
    Aws,
    Prop,
    Props,
    ResourceType,
)
from localcloud.provider.services.route53.record_sets import (
    bare,
    change,
    one,
    record_set,
    routing,
    unquoted,
    zone_id,
)


class Record(ResourceType):
    """A record set; its id is "zone_name_type", with "_identifier" for routed ones."""

    token = "aws:route53/record:Record"
    service = "route53"
    regional = False
    unique_by = ("zoneId", "name")  # few types, and no two ways of routing, stand side by side
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
        "allowOverwrite": Prop(provider_only=True),
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
        change(aws, zone, action, record_set(inputs, full))
        return _record_id(inputs, full)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Routed records of one name and type differ by their identifier."""
        zone, name, kind, identifier = _split(id, known)
        found = one(aws.client("route53"), zone, name, kind, identifier)
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
            "records": [unquoted(kind, item["Value"]) for item in found["ResourceRecords"]]
            if found.get("ResourceRecords")
            else None,
            "healthCheckId": found.get("HealthCheckId"),
            **routing(found),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the new set over the old one."""
        zone, name, _, _ = _split(id, new)
        change(aws, zone, "UPSERT", record_set(new, name))

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """AWS wants exactly what it has in the call."""
        zone, name, kind, identifier = _split(id, known)
        found = one(aws.client("route53"), zone, name, kind, identifier)
        if found is not None:
            change(aws, zone, "DELETE", found)

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
