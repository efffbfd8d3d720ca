"""The layers: who owns each, and what the rest of the system must know of it without Pulumi.

What a layer may be told stands in shared/settings/<layer>.py, what it promises in
shared/contracts.py. A layer that is not listed here is its own owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """How a layer reads what stands below it in other regions than its own."""

    setting: str
    """The setting that lists those regions."""
    does: str
    """As a message says it: `<layer> keeps copies in <region>`."""
    needs: str
    """What for, before the stack that it reads: `under a key of <stack>`."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What is said of a layer from outside."""

    owner: str
    """The team that owns it, as CODEOWNERS and on-call know it."""
    local: Mapping[str, Any] = field(default_factory=dict)
    """What Pulumi.local.yaml says beyond the defaults: setting → plain value."""
    elsewhere: Elsewhere | None = None
    unique: tuple[str, ...] = ()
    """Settings that only one environment can have, and those that come with them."""


LAYERS: Final[Mapping[str, Layer]] = {
    "network-security": Layer(
        owner="security-team", local={"key_deletion_days": 7, "secret_recovery_days": 0}
    ),
    "data": Layer(
        owner="data-team",
        elsewhere=Elsewhere(setting="replica_regions", does="keeps copies", needs="under a key of"),
    ),
    "compute": Layer(
        owner="service-team", local={"log_retention_days": 7, "layer_target": "local"}
    ),
    "api": Layer(
        owner="api-team",
        local={"log_retention_days": 7, "allowed_origins": ["http://localhost:3000"]},
        unique=("domain_name", "hosted_zone_id", "default_endpoint_enabled", "routing"),
    ),
    "observability": Layer(owner="reliability-team"),
}


def unique_settings(layer: str) -> tuple[str, ...]:
    """Settings of a layer that only one environment can have."""
    return LAYERS[layer].unique if layer in LAYERS else ()


def elsewhere_of(layer: str) -> Elsewhere | None:
    """How a layer reads other regions; None for one that does not."""
    return LAYERS[layer].elsewhere if layer in LAYERS else None


def owner_of(layer: str) -> str:
    """The team that owns a layer; a layer that nobody has listed is its own owner."""
    return LAYERS[layer].owner if layer in LAYERS else layer
