"""The values that resources have.

Plain values are JSON's: None, bool, int, float, str, list, dict with string keys. The classes here
are the rest of Pulumi's value types. Where JSON is spoken such a value is an object with the key
`SIGNATURE_KEY`, whose value names the type (sdk/go/common/resource/sig of Pulumi).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

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
        """Encrypt a text; each call returns another ciphertext."""

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt what `encrypt` returned."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is never shown and stands encrypted in every file."""

    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only a real deployment knows; use `UNKNOWN`."""


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
    """Replace every secret by its plain value, at any depth."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def has_secret(value: Any) -> bool:
    """Return whether a secret stands anywhere in a value."""
    if isinstance(value, dict):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret) or (isinstance(value, OutputValue) and value.secret)


def has_unknown(value: Any) -> bool:
    """Return whether an unknown stands anywhere in a value."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    if isinstance(value, Secret):
        return has_unknown(value.value)
    return isinstance(value, Unknown) or (isinstance(value, OutputValue) and not value.known)
