"""A checkout with every optional feature switched on: what costs too much to be a default."""

from __future__ import annotations

from typing import Any

from tests.checkout import Checkout

ZONE = "example.test"
DOMAIN = f"api.{ZONE}"
CLIENT = "acme"
QUOTA = 3

SETTINGS: dict[str, dict[str, Any]] = {
    "network-security": {
        "vpc_enabled": True,
        "vpc_zones": 3,
        "interface_endpoints": ["kms", "logs", "secretsmanager", "sqs", "ssm"],
        "prevent_destroy": False,
    },
    "data": {"billing_mode": "provisioned", "prevent_destroy": False},
    "compute": {
        "in_vpc": True,
        "provisioned_concurrency": 1,
        "functions": {"process": {"reserved_concurrency": 10, "provisioned_concurrency": 2}},
    },
    "api": {
        "domain_name": DOMAIN,
        "routing": "latency",
        "allowed_origins": ["https://app.example.com", "http://localhost:3000"],
    },
    "observability": {"alarm_emails": ["oncall@example.com"]},
}
"""Layer → setting → value; the hosted zone's id is not known before there is one."""

EDGES: dict[str, dict[str, Any]] = {
    "rest": {"edge": "rest", "usage_plans": {CLIENT: {"rate": 50, "burst": 50, "quota": QUOTA}}},
    "http": {"edge": "http", "usage_plans": {}},
}
"""Edge → what else the layer api is told."""


def switch_on(checkout: Checkout, edge: str = "rest") -> str:
    """Start the checkout's local AWS, make the zone of the domain, set all; returns its id."""
    zone = checkout.client("route53").create_hosted_zone(
        Name=ZONE, CallerReference=f"everything-{edge}"
    )
    id_: str = zone["HostedZone"]["Id"].removeprefix("/hostedzone/")
    for layer, values in SETTINGS.items():
        more = {"hosted_zone_id": id_, **EDGES[edge]} if layer == "api" else {}
        checkout.configure(layer, {f"{layer}:{key}": v for key, v in {**values, **more}.items()})
    return id_
