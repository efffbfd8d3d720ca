"""Prints the OpenAPI document as an environment's settings have it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.checkout import layers
from orchestrator.checkout.stacks import Environment, stack_of
from orchestrator.checkout.workspace import Workspace
from orchestrator.errors import UsageError
from orchestrator.verbs.settings_listing import settings_in
from shared import openapi
from shared.answers import CALLER

CHOICES = {"edge": tuple(openapi.ERROR_TEXT), "auth": tuple(CALLER)}


def show(root: Path, *, environment: str, edge: str = "", auth: str = "", url: str = "") -> None:
    """Print the document; `edge`, `auth` and `url` stand for what the environment is told."""
    if url and not _is_web_address(url):
        raise UsageError(f"{url!r} is no address of an API: say --url https://api.example.com.")
    where = Environment.parse(environment)
    known = layers.discover(root)
    chosen = {
        name: given or _told(root, "api", where, known, name)
        for name, given in (("edge", edge), ("auth", auth))
    }
    for name, value in chosen.items():
        if value not in CHOICES[name]:
            raise UsageError(
                f"There is no {name} {value!r}. There are: {', '.join(CHOICES[name])}."
            )
    if chosen["auth"] == "jwt" and chosen["edge"] == "rest":
        raise UsageError("A REST API knows no JWT (docs/adr/0008); add: --edge http.")
    version = _told(root, "compute", where, known, "version")
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


def _told(root: Path, layer: str, where: Environment, known: layers.Layers, name: str) -> str:
    """The value of a layer's setting in that environment; empty if it has no such setting."""
    rows = settings_in(Workspace(root), stack_of(known[layer], where))
    return next((row.value for row in rows if row.setting == name), "")
