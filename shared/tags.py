"""The tags that every resource carries, set once per stack as the provider's default tags."""

from __future__ import annotations

from shared.registry.layers import owner_of

PROJECT = "microstack"
"""Name of the whole system: first part of every fixed name, e.g. /microstack/dev/app_config."""

REPOSITORY = "microstack"


def default_tags(
    layer: str,
    *,
    environment: str,
    stack: str,
    region: str,
    repository: str = REPOSITORY,
) -> dict[str, str]:
    """The value of `tags` under `aws:defaultTags` in the layer's stack file (requirement S6)."""
    return {
        "Project": PROJECT,
        "Environment": environment,
        "EnvironmentSuffix": stack,
        "Region": region,
        "Layer": layer,
        "ManagedBy": "Pulumi",
        "Owner": owner_of(layer),
        "Repository": repository,
    }
