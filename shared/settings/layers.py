"""The settings of all layers, for what is about every layer; a program imports its own only."""

from __future__ import annotations

from typing import Any

from shared.config import Settings, is_secret
from shared.settings.api import Api
from shared.settings.compute import Compute
from shared.settings.data import Data
from shared.settings.network_security import NetworkSecurity
from shared.settings.observability import Observability

LAYERS: tuple[type[Settings], ...] = (NetworkSecurity, Data, Compute, Api, Observability)

LOCAL: dict[str, dict[str, Any]] = {
    "network-security": {"key_deletion_days": 7, "secret_recovery_days": 0},
    "data": {},
    "compute": {"log_retention_days": 7, "layer_target": "local"},
    "api": {"log_retention_days": 7, "allowed_origins": ["http://localhost:3000"]},
    "observability": {},
}
"""What Pulumi.local.yaml says beyond the defaults: layer → key → plain value."""


def secret_keys(layer: str) -> tuple[str, ...]:
    """The keys of a layer that a stack file must hold encrypted, e.g. `db_password`."""
    model = next(item for item in LAYERS if item.layer == layer)
    return tuple(name for name, info in model.model_fields.items() if is_secret(info))
