"""The provider's configuration (`aws:region`, `aws:defaultTags`, …), checked and made settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localcloud.provider.base.aws import Settings, is_emulator, region_of
from localcloud.provider.base.errors import ConfigRefused
from localcloud.provider.base.values import Props

RETRIES = 5
"""How often a call is tried again that AWS was too busy for; about 20 s in all."""
LOCAL_RETRIES = 1
"""An emulator that refuses a connection is dead and will not be back by itself."""

HONOURED = frozenset(
    {
        "accessKey",
        "defaultTags",
        "endpoints",
        "maxRetries",
        "profile",
        "region",
        "s3UsePathStyle",
        "secretKey",
        "token",
    }
)
# Nothing of what these skip is done here at all, so either value is honoured.
_HARMLESS = frozenset(
    {
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
    }
)
_ENGINE = frozenset({"version", "pluginDownloadURL", "pluginChecksums"})


def refusals(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Find keys that this provider cannot honour, as (property, reason)."""
    known = HONOURED | _HARMLESS | _ENGINE
    return [
        (key, f"the local cloud's provider does not implement the provider setting {key}")
        for key in sorted(config)
        if key not in known and not key.startswith("__")
    ]


def from_variables(variables: Mapping[str, str]) -> Props:
    """Turn the protocol's older form, "aws:config:region" to text, into configuration."""
    return {key.rsplit(":", 1)[-1]: value for key, value in variables.items()}


def settings(config: Props, environment: Mapping[str, str], *, explicit: bool) -> Settings:
    """Make settings of a configuration; `explicit` takes credentials from `environment` only."""
    for _, reason in refusals(config):
        raise ConfigRefused(reason)
    inherited = environment if explicit else {}
    emulated = is_emulator(environment)
    return Settings(
        region=region_of(config.get("region"), environment),
        access_key=config.get("accessKey") or inherited.get("AWS_ACCESS_KEY_ID"),
        secret_key=config.get("secretKey") or inherited.get("AWS_SECRET_ACCESS_KEY"),
        token=config.get("token") or inherited.get("AWS_SESSION_TOKEN"),
        profile=config.get("profile"),
        endpoint=inherited.get("AWS_ENDPOINT_URL"),
        endpoints=_endpoints(_parsed(config, "endpoints", list)),
        max_attempts=int(_parsed(config, "maxRetries", int) or _retries(emulated)),
        path_style=emulated or bool(_parsed(config, "s3UsePathStyle", bool)),
        default_tags=_tags(_parsed(config, "defaultTags", dict)),
        emulated=emulated,
    )


def _retries(emulated: bool) -> int:
    return LOCAL_RETRIES if emulated else RETRIES


def _parsed(config: Props, key: str, wanted: type) -> Any:
    """Read a value that arrives as itself or, as Pulumi has it for providers, as JSON text."""
    value = config.get(key)
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except ValueError:
            raise ConfigRefused(f"the provider setting {key} is not valid JSON") from None
    if value is None or value == "" or isinstance(value, wanted):
        return value
    raise ConfigRefused(f"the provider setting {key} must be a JSON {_JSON_NAMES[wanted]}")


_JSON_NAMES = {list: "list", int: "number", bool: "boolean", dict: "object"}


def _endpoints(listed: list[dict[str, str]] | None) -> dict[str, str]:
    return {service: url for entry in listed or [] for service, url in entry.items()}


def _tags(value: dict[str, Any] | None) -> dict[str, str]:
    tags = (value or {}).get("tags") or {}
    if not isinstance(tags, dict):
        raise ConfigRefused('the provider setting defaultTags must look like {"tags": {…}}')
    return {key: str(text) for key, text in tags.items()}
