"""Prints the OpenAPI document as an environment's settings have it."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from orchestrator.checkout.target import Target
from orchestrator.errors import UsageError
from orchestrator.verbs.settings_listing import settings_in
from shared.api import openapi
from shared.registry.answers import CALLER

CHOICES = {"edge": tuple(openapi.ERROR_TEXT), "auth": tuple(CALLER)}


def show(target: Target, *, edge: str = "", auth: str = "", url: str = "") -> None:
    """Print the document; `edge`, `auth` and `url` override the settings of the environment."""
    if url and not _is_web_address(url):
        raise UsageError(f"{url!r} is no address of an API: say --url https://api.example.com.")
    chosen = {
        name: given or _setting(target.only("api"), name)
        for name, given in (("edge", edge), ("auth", auth))
    }
    for name, value in chosen.items():
        if value not in CHOICES[name]:
            raise UsageError(
                f"There is no {name} {value!r}. There are: {', '.join(CHOICES[name])}."
            )
    if chosen["auth"] == "jwt" and chosen["edge"] == "rest":
        raise UsageError("A REST API knows no JWT (docs/adr/0008); add: --edge http.")
    version = _setting(target.only("compute"), "version")
    print(json.dumps(openapi.document(**chosen, url=url, version=version), indent=2))


def _is_web_address(url: str) -> bool:
    """Whether requests can go there: http or https, a host, and nothing after the path."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:  # a port beyond 65535, a bracket that is not closed
        return False
    plain = url.isprintable() and not re.search(r"[\s?#@\\<>\"']", url)
    return known and plain and bool(parts.hostname)


def _setting(target: Target, name: str) -> str:
    """The value of a setting of the target's layer; empty if it has no such setting."""
    rows = settings_in(target.workspace, target.stack)
    return next((row.value for row in rows if row.setting == name), "")
