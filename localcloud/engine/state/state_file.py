"""The JSON of a state file: Pulumi's versioned checkpoint around a deployment."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
from pathlib import Path
from typing import Any, Final

from localcloud.engine.errors import SecretsUnsupported, StateCorrupt, StateUnsupported
from localcloud.engine.state.replay import FEATURES, now
from localcloud.engine.state.state_values import dump
from localcloud.engine.values.values import BYTE_STRING

Document = dict[str, Any]
# What version 4 of the format may declare and this engine carries along.
_FEATURES: Final = {"byteString", *FEATURES.values()}


def new_document(stack: str, secrets_salt: str) -> Document:
    """Return the state of a new stack, whose secrets are under a passphrase with this salt."""
    latest = {
        "manifest": manifest(),
        "secrets_providers": {"type": "passphrase", "state": {"salt": secrets_salt}},
        "metadata": {},
    }
    return {"version": 3, "checkpoint": {"stack": stack, "latest": latest}}


def manifest() -> Document:
    """Return who writes a state, and when."""
    version = _version()
    return {
        "time": now(),
        "magic": hashlib.sha256(version.encode()).hexdigest(),
        "version": version,
    }


@functools.cache
def _version() -> str:
    return f"v{importlib.metadata.version('pulumi')}"


def encode(document: Document) -> bytes:
    """Write a state as the CLI does: one line, no spaces."""
    text = dump(document)
    if BYTE_STRING in text and "byteString" not in document.get("features", ()):
        features = sorted({*document.get("features", ()), "byteString"})
        text = dump({"version": 4, "features": features, "checkpoint": document["checkpoint"]})
    return text.encode("utf-8", "surrogatepass")


def decode(content: bytes, path: Path) -> Document:
    """Read a state file, or raise StateCorrupt or StateUnsupported."""
    try:
        document = json.loads(content)
        latest = document["checkpoint"].get("latest")
        sound = latest is None or isinstance(latest.get("resources") or [], list)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateCorrupt(f"The state file {path} is damaged ({error}).") from error
    if not sound:
        raise StateCorrupt(f"The state file {path} is damaged (its resources are no list).")
    _check_version(document, path)
    return dict(document)


def _check_version(document: Document, path: Path) -> None:
    version = document.get("version")
    # 0 without a deployment is what the CLI leaves when it is killed while making a stack.
    if version == 0 and not document["checkpoint"].get("latest"):
        return
    if version not in (3, 4):
        raise StateUnsupported(f"The state file {path} has version {version}; 3 and 4 are known.")
    unknown = sorted(set(document.get("features") or []) - _FEATURES)
    if unknown:
        raise StateUnsupported(f"The state file {path} needs {', '.join(unknown)}, unknown here.")


def resources(document: Document) -> list[Document]:
    """Return the resources in a state."""
    return (document["checkpoint"].get("latest") or {}).get("resources") or []


def pending_operations(document: Document) -> list[Document]:
    """Return the operations that were cut off."""
    return (document["checkpoint"].get("latest") or {}).get("pending_operations") or []


def secrets_salt(document: Document, title: str) -> str:
    """Return the salt of the passphrase that keeps the state's secrets."""
    provider = (document["checkpoint"].get("latest") or {}).get("secrets_providers") or {}
    if provider.get("type") != "passphrase":
        kind = provider.get("type") or "none"
        raise SecretsUnsupported(
            f"{title} keeps its secrets by provider {kind!r}; only 'passphrase' is known here."
        )
    return str(provider["state"]["salt"])
