"""The values that resources have, and how they stand in a state file.

Plain values are JSON's: None, bool, int, float, str, list, dict with string keys. The classes here
are the rest of Pulumi's value types. In a state file such a value is an object with the key
`SIGNATURE_KEY`, whose value names the type (sdk/go/common/resource/sig of Pulumi).
"""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from .errors import StateCorrupt

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_VALUE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
BYTE_STRING: Final = "803fd3297a5875dc03ca845dda5d2a98"
FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"
UNKNOWN_PLACEHOLDER: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Crypter(Protocol):
    """Turns text into ciphertext and back."""

    def encrypt(self, plaintext: str) -> str:
        """Seal a text; each call gives another ciphertext."""

    def decrypt(self, ciphertext: str) -> str:
        """Open what `encrypt` sealed."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is never shown and stands encrypted in every file."""

    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only a real deployment can tell; use `UNKNOWN`."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Asset:
    """One file's content; `hash` is the SHA-256 of it, in hex."""

    kind: Literal["text", "path", "uri"]
    value: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """A tree of files: given as named members ("assets"), or a path or URI of a file or folder."""

    kind: Literal["assets", "path", "uri"]
    value: str | dict[str, Asset | Archive]
    hash: str = ""


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """Another resource as a value; `id` is None for a component and UNKNOWN in a preview."""

    urn: str
    id: str | Unknown | None = None
    package_version: str = ""


@dataclass(frozen=True, slots=True)
class OutputValue:
    """A value with its dependencies, as programs and providers exchange it."""

    value: Any = field(default=None, repr=False)
    known: bool = True
    secret: bool = False
    dependencies: tuple[str, ...] = ()


def reveal(value: Any) -> Any:
    """Take every secret's cover off, at any depth."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def has_secret(value: Any) -> bool:
    """Tell whether a secret stands anywhere in a value."""
    if isinstance(value, dict):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret) or (isinstance(value, OutputValue) and value.secret)


def has_unknown(value: Any) -> bool:
    """Tell whether an unknown stands anywhere in a value."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    if isinstance(value, Secret):
        return has_unknown(value.value)
    return isinstance(value, Unknown) or (isinstance(value, OutputValue) and not value.known)


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
    """Read a value from a state file; `crypter` None reads secrets as if they were not sealed."""
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
    match document[SIGNATURE_KEY]:
        case "1b47061264138c4ac30d75fd1eb44270":
            return _secret_from_state(document, crypter)
        case "c44067f5952c0a294b673a41bacd8c17":
            return _asset_from_state(document)
        case "0def7320c3a5731c473e5ecbe6d01bc7":
            return _archive_from_state(document)
        case "5cf8f73096256a8f31e491e813e4eb8e":
            return _reference_from_state(document)
        case "803fd3297a5875dc03ca845dda5d2a98":
            return base64.b64decode(document["value"]).decode("utf-8", "surrogateescape")
        case "8ad145fe-0d11-4827-bfd7-1abcbf086f5c":
            return struct.unpack(">d", bytes.fromhex(document["value"]))[0]
        case other:
            raise StateCorrupt(f"The state holds a value of an unknown kind ({other!r}).")


def _secret_from_state(document: dict[str, Any], crypter: Crypter | None) -> Secret:
    plaintext = document.get("plaintext")
    if plaintext is None:
        sealed = document["ciphertext"]
        plaintext = sealed if crypter is None else crypter.decrypt(sealed)
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


def dump(document: Any) -> str:
    """Write JSON as compactly as the CLI does."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
