"""How values stand in a state file."""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

from localcloud.engine.errors import StateCorrupt
from localcloud.engine.values.values import (
    ARCHIVE,
    ASSET,
    BYTE_STRING,
    FLOAT,
    RESOURCE_REFERENCE,
    SECRET,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_PLACEHOLDER,
    Archive,
    Asset,
    Crypter,
    OutputValue,
    ResourceReference,
    Secret,
    Unknown,
)


def to_state(value: Any, crypter: Crypter | None) -> Any:
    """Write a value as JSON for a state file; `crypter` None writes secrets' insides in the clear.

    None is only for what is going to be encrypted as a whole.
    """
    if isinstance(value, str):
        return _text_to_state(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return _float_to_state(value)
    if isinstance(value, (list, tuple)):
        return [to_state(item, crypter) for item in value]
    if isinstance(value, Mapping):
        return {key: to_state(value[key], crypter) for key in sorted(value)}
    return _special_to_state(value, crypter)


def _special_to_state(value: Any, crypter: Crypter | None) -> Any:
    match value:
        case Secret():
            return _secret_to_state(value.value, crypter)
        case Unknown():
            return UNKNOWN_PLACEHOLDER
        case OutputValue():
            inner = value.value if value.known else UNKNOWN
            return to_state(Secret(inner) if value.secret else inner, crypter)
        case Asset():
            return _signed(ASSET, {"hash": value.hash, value.kind: value.value})
        case Archive():
            return _archive_to_state(value)
        case ResourceReference():
            return _reference_to_state(value)
    raise TypeError(f"a {type(value).__name__} cannot stand in a state file")


def _signed(signature: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {SIGNATURE_KEY: signature} | {key: item for key, item in fields.items() if item != ""}


def _secret_to_state(inner: Any, crypter: Crypter | None) -> dict[str, Any]:
    plaintext = dump(to_state(inner, None))
    if crypter is None:  # inside another secret: mark it, the outer one encrypts it
        return {SIGNATURE_KEY: SECRET, "ciphertext": plaintext}
    return {SIGNATURE_KEY: SECRET, "ciphertext": crypter.encrypt(plaintext)}


def _archive_to_state(archive: Archive) -> dict[str, Any]:
    value: Any = archive.value
    if isinstance(value, dict):
        value = {name: to_state(value[name], None) for name in sorted(value)}
    return _signed(ARCHIVE, {archive.kind: value, "hash": archive.hash})


def _reference_to_state(reference: ResourceReference) -> dict[str, Any]:
    fields: dict[str, Any] = {
        SIGNATURE_KEY: RESOURCE_REFERENCE,
        "packageVersion": reference.package_version,
        "urn": reference.urn,
    }
    if reference.id is not None:
        fields["id"] = "" if isinstance(reference.id, Unknown) else reference.id
    return fields


def _text_to_state(text: str) -> Any:
    # Lone surrogates stand for bytes that are no UTF-8; Pulumi keeps such strings in base64.
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return {SIGNATURE_KEY: BYTE_STRING, "value": base64.b64encode(_raw(text)).decode()}
    return text


def _raw(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a UTF-16 pair, which stands for no byte
        return text.encode("utf-8", "surrogatepass")


def _float_to_state(number: float) -> Any:
    if math.isfinite(number):
        return int(number) if number.is_integer() else number
    return {SIGNATURE_KEY: FLOAT, "value": struct.pack(">d", number).hex()}


def from_state(document: Any, crypter: Crypter | None) -> Any:
    """Read a value from a state file; `crypter` None reads secrets as plain texts."""
    if isinstance(document, str):
        return UNKNOWN if document == UNKNOWN_PLACEHOLDER else document
    if isinstance(document, list):
        return [from_state(item, crypter) for item in document]
    if not isinstance(document, dict):
        return document
    if SIGNATURE_KEY in document:
        return _signed_from_state(document, crypter)
    return {key: from_state(item, crypter) for key, item in document.items()}


def _signed_from_state(document: dict[str, Any], crypter: Crypter | None) -> Any:
    signature = document[SIGNATURE_KEY]
    if signature == SECRET:
        return _secret_from_state(document, crypter)
    if signature not in _READERS:
        raise StateCorrupt(f"The state holds a value of an unknown kind ({signature!r}).")
    return _READERS[signature](document)


def _secret_from_state(document: dict[str, Any], crypter: Crypter | None) -> Secret:
    plaintext = document.get("plaintext")
    if plaintext is None:
        ciphertext = document["ciphertext"]
        plaintext = ciphertext if crypter is None else crypter.decrypt(ciphertext)
    return Secret(from_state(json.loads(plaintext), None))


def _asset_from_state(document: dict[str, Any]) -> Asset:
    sha = document.get("hash", "")
    if document.get("path"):
        return Asset("path", document["path"], sha)
    if document.get("uri"):
        return Asset("uri", document["uri"], sha)
    return Asset("text", document.get("text", ""), sha)


def _archive_from_state(document: dict[str, Any]) -> Archive:
    sha = document.get("hash", "")
    if document.get("path"):
        return Archive("path", document["path"], sha)
    if document.get("uri"):
        return Archive("uri", document["uri"], sha)
    members = document.get("assets", {})
    return Archive("assets", {name: from_state(item, None) for name, item in members.items()}, sha)


def _reference_from_state(document: dict[str, Any]) -> ResourceReference:
    identity = document.get("id")
    if isinstance(identity, dict):  # some CLI versions wrote the id wrapped as {"V": …}
        identity = "" if isinstance(identity.get("V"), dict) else identity.get("V")
    return ResourceReference(document["urn"], identity, document.get("packageVersion", ""))


def _byte_string_from_state(document: dict[str, Any]) -> str:
    return base64.b64decode(document["value"]).decode("utf-8", "surrogateescape")


def _float_from_state(document: dict[str, Any]) -> Any:
    return struct.unpack(">d", bytes.fromhex(document["value"]))[0]


_READERS: Final[dict[Any, Callable[[dict[str, Any]], Any]]] = {
    ASSET: _asset_from_state,
    ARCHIVE: _archive_from_state,
    RESOURCE_REFERENCE: _reference_from_state,
    BYTE_STRING: _byte_string_from_state,
    FLOAT: _float_from_state,
}


def dump(document: Any) -> str:
    """Write JSON as compactly as the CLI does."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
