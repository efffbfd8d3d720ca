"""The settings of all layers, for what is about every layer; a program imports its own only."""

from __future__ import annotations

from collections.abc import Mapping

from shared.settings.api import Api
from shared.settings.compute import Compute
from shared.settings.config import Settings, is_secret
from shared.settings.data import Data
from shared.settings.network_security import NetworkSecurity
from shared.settings.observability import Observability

MODELS: Mapping[str, type[Settings]] = {
    model.layer: model
    for model in (
        NetworkSecurity,
        Data,
        Compute,
        Api,
        Observability,
    )
}
"""By layer."""


def secret_keys(layer: str) -> tuple[str, ...]:
    """The keys of a layer that a stack file must hold encrypted, e.g. `db_password`."""
    fields = MODELS[layer].model_fields if layer in MODELS else {}
    return tuple(name for name, info in fields.items() if is_secret(info))
