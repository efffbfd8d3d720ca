"""The inline rules of a security group.

A program groups peers into rules as it likes, and EC2 groups them its own way. They are compared
and sent one peer at a time, so that grouping does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localcloud.provider.base.resource import Props, present
from localcloud.provider.base.values import has_unknown

# Lists of peers in a rule of the SDK: EC2's list, and the field of an item that holds the peer.
_PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
_NUMBERED = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}


def flat(rules: Any) -> list[Props]:
    """One entry for each peer of each rule; rules that are not all known yet stay as they are."""
    if has_unknown(rules):
        return list(rules)
    return [entry for rule in rules for entry in _entries(rule)]


def _entries(rule: Props) -> Iterator[Props]:
    protocol = str(rule.get("protocol", "-1")).lower()
    protocol = _NUMBERED.get(protocol, protocol)
    everything = protocol == "-1"
    shared = {
        "protocol": protocol,
        "fromPort": 0 if everything else rule.get("fromPort"),
        "toPort": 0 if everything else rule.get("toPort"),
        "description": rule.get("description") or "",
    }
    for kind in _PEERS:
        for peer in rule.get(kind) or []:
            yield {**shared, "kind": kind, "peer": peer}
    if rule.get("self"):
        yield {**shared, "kind": "self", "peer": "self"}


def to_permissions(entries: list[Props], group: str) -> list[Props]:
    """Flat entries as the permissions that EC2 takes; `group` is what `self` means."""
    return [_permission(entry, group) for entry in entries]


def _permission(entry: Props, group: str) -> Props:
    kind, peer = entry["kind"], entry["peer"]
    if kind == "self":
        kind, peer = "securityGroups", group
    field, name = _PEERS[kind]
    ports = {} if entry["protocol"] == "-1" else _ports(entry)
    target = {name: peer, **present(Description=entry["description"])}
    return {"IpProtocol": entry["protocol"], **ports, field: [target]}


def _ports(entry: Props) -> Props:
    return {"FromPort": entry["fromPort"], "ToPort": entry["toPort"]}


def from_permissions(permissions: list[Props], group: str) -> list[Props]:
    """EC2's permissions as rules of the SDK, one for each peer."""
    return [rule for permission in permissions for rule in _rules(permission, group)]


def _rules(permission: Props, group: str) -> Iterator[Props]:
    shared = {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
    }
    for kind, (field, name) in _PEERS.items():
        for target in permission.get(field) or []:
            described = {**shared, **present(description=target.get("Description"))}
            if target[name] == group:
                yield {**described, "self": True}
            else:
                yield {**described, kind: [target[name]]}
