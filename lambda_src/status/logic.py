"""What /health and /info answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Protocol

from status.models import AppConfig, Deployment


class Store(Protocol):
    """Where the configuration is kept."""

    def app_config(self) -> AppConfig:
        """The parameter's current value (at most some seconds old)."""


def health(deployment: Deployment) -> dict[str, Any]:
    """Alive: edge, function and code. No dependency is asked, so that none can take it down."""
    return {"status": "ok", **asdict(deployment)}


def info(deployment: Deployment, config: AppConfig) -> dict[str, Any]:
    """Who we are and what the configuration lets the world see (its `public` object)."""
    return {
        **asdict(deployment),
        "config": _public(config.text),
        "config_version": config.version,
    }


def _public(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}  # an operator's slip must not take the route down
    public = document.get("public") if isinstance(document, dict) else None
    return public if isinstance(public, dict) else {}
