"""Stack outputs for people and for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from localcloud.engine.values.redaction import REDACTED
from localcloud.engine.values.values import Archive, Asset, ResourceReference, Secret, Unknown


def plain(value: Any, *, show_secrets: bool) -> Any:
    """Return a value as JSON knows it; what a preview cannot know is None."""
    match value:
        case Secret():
            return plain(value.value, show_secrets=True) if show_secrets else REDACTED
        case Unknown():
            return None
        case Asset() | Archive():
            return asdict(value)
        case ResourceReference():
            return plain(value.id, show_secrets=show_secrets) or value.urn
        case Mapping():
            return {key: plain(item, show_secrets=show_secrets) for key, item in value.items()}
        case list() | tuple():
            return [plain(item, show_secrets=show_secrets) for item in value]
    return value
