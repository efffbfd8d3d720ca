"""Who this deployment is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The facts that the stack put into the environment."""

    project: str
    environment: str
    region: str
    version: str

    @classmethod
    def from_environment(cls) -> Self:
        """What this function was deployed as."""
        return cls(
            project=os.environ.get("PROJECT", "unknown"),
            environment=os.environ.get("ENVIRONMENT", "unknown"),
            region=os.environ.get("AWS_REGION", "unknown"),
            version=os.environ.get("VERSION", "unknown"),
        )


@dataclass(frozen=True, kw_only=True)
class AppConfig:
    """The `app_config` parameter as it is now."""

    text: str
    version: int
