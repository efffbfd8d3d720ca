"""The tags that every resource carries, set once per stack as the provider's default tags."""

from __future__ import annotations

PROJECT = "microstack"
"""Name of the whole system: first part of every fixed name, e.g. /microstack/dev/app_config."""

REPOSITORY = "microstack"

OWNERS = {
    "network-security": "security-team",
    "data": "data-team",
    "compute": "service-team",
    "api": "api-team",
    "observability": "reliability-team",
}
"""The team that owns each layer, as CODEOWNERS and on-call know it."""


def default_tags(
    layer: str,
    *,
    environment: str,
    stack: str,
    region: str,
    owner: str | None = None,
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
        "Owner": owner or OWNERS[layer],
        "Repository": repository,
    }
