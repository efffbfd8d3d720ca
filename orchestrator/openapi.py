"""Prints the OpenAPI document as an environment's settings have it."""

from __future__ import annotations

import json
from pathlib import Path

from orchestrator import layers
from orchestrator.errors import UsageError
from orchestrator.settings_listing import settings_in
from orchestrator.stacks import Environment, stack_of
from orchestrator.workspace import Workspace
from shared import openapi
from shared.answers import CALLER

DEFAULT_AUTH = "iam"
"""Of a layer api that has no such setting."""


def show(root: Path, *, environment: str, auth: str = "", url: str = "") -> None:
    """Print the document; `auth` and `url` stand for what the environment is told."""
    where = Environment.parse(environment)
    known = layers.discover(root)
    told = _told(root, "api", where, known, "auth") or DEFAULT_AUTH
    chosen = auth or told
    if chosen not in CALLER:
        raise UsageError(f"There is no auth {chosen!r}. There are: {', '.join(CALLER)}.")
    version = _told(root, "compute", where, known, "version")
    print(json.dumps(openapi.document(auth=chosen, url=url, version=version), indent=2))


def _told(root: Path, layer: str, where: Environment, known: layers.Layers, name: str) -> str:
    """The value of a layer's setting in that environment; empty if it has no such setting."""
    rows = settings_in(Workspace(root), stack_of(known[layer], where))
    return next((row.value for row in rows if row.setting == name), "")
