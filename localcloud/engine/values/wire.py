"""Protobuf Struct to values and back.

Numbers on the wire are doubles: integral ones become int. `Struct` objects that carry Pulumi's
signature key become the classes of values.py (sdk/go/common/resource/plugin/rpc.go).
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from localcloud.engine.values.values import (
    ARCHIVE,
    ASSET,
    BYTE_STRING,
    OUTPUT_VALUE,
    RESOURCE_REFERENCE,
    SECRET,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_PLACEHOLDER,
    Archive,
    Asset,
    OutputValue,
    ResourceReference,
    Secret,
    Unknown,
)

# One placeholder per type of unknown value (sdk/go/common/resource/plugin/rpc.go).
_UNKNOWNS = frozenset(
    {
        UNKNOWN_PLACEHOLDER,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_INTEGRAL = 2.0**63  # beyond it a double is left as it is


@dataclass(frozen=True)
class Keep:
    """What the receiver of a message understands; the rest is sent as plain values."""

    unknowns: bool = False
    secrets: bool = False
    resources: bool = False
    folder: str = ""
    """Relative paths of assets are below it; the receiver may work elsewhere than the program."""


FULL = Keep(unknowns=True, secrets=True, resources=True)


def from_struct(struct: Struct) -> dict[str, Any]:
    """Read a message's properties."""
    return {key: from_value(value) for key, value in struct.fields.items()}


def from_value(value: Value) -> Any:
    """Read one value."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in _UNKNOWNS else text
    if kind == "number_value":
        number = value.number_value
        whole = number.is_integer() and abs(number) < _INTEGRAL
        return int(number) if whole else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return _from_object(value.struct_value)
    if kind == "list_value":
        return [from_value(item) for item in value.list_value.values]
    return None


def _from_object(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE_KEY not in fields:
        return from_struct(struct)
    parts = {key: from_value(item) for key, item in fields.items()}
    signature = parts.pop(SIGNATURE_KEY)
    read = _READERS.get(signature)
    if read is None:
        raise ValueError(f"a message holds a value of an unknown kind ({signature!r})")
    return read(parts)


def _asset(parts: dict[str, Any]) -> Asset:
    digest = parts.get("hash", "")
    if "path" in parts:
        return Asset("path", parts["path"], digest)
    if "uri" in parts:
        return Asset("uri", parts["uri"], digest)
    return Asset("text", parts.get("text", ""), digest)


def _archive(parts: dict[str, Any]) -> Archive:
    digest = parts.get("hash", "")
    if "path" in parts:
        return Archive("path", parts["path"], digest)
    if "uri" in parts:
        return Archive("uri", parts["uri"], digest)
    return Archive("assets", parts.get("assets", {}), digest)


def _reference(parts: dict[str, Any]) -> ResourceReference:
    return ResourceReference(parts["urn"], parts.get("id"), parts.get("packageVersion", ""))


def _output(parts: dict[str, Any]) -> OutputValue:
    known = "value" in parts
    secret = bool(parts.get("secret"))
    return OutputValue(parts.get("value"), known, secret, tuple(parts.get("dependencies") or ()))


def _secret(parts: dict[str, Any]) -> Secret:
    inner = parts.get("value")
    return inner if isinstance(inner, Secret) else Secret(inner)


_READERS: dict[str, Any] = {
    SECRET: _secret,
    ASSET: _asset,
    ARCHIVE: _archive,
    RESOURCE_REFERENCE: _reference,
    OUTPUT_VALUE: _output,
    BYTE_STRING: lambda parts: base64.b64decode(parts["value"]).decode("utf-8", "surrogateescape"),
}


def to_struct(properties: dict[str, Any], keep: Keep = FULL) -> Struct:
    """Write properties as a message; unknown ones are left out unless the receiver keeps them."""
    struct = Struct()
    _fill(struct, properties, keep)
    return struct


def _fill(struct: Struct, properties: dict[str, Any], keep: Keep) -> None:
    fields = struct.fields
    for key, value in properties.items():
        plain = _lowered(value, keep)
        if isinstance(plain, Unknown):
            if keep.unknowns:
                fields[key].string_value = UNKNOWN_PLACEHOLDER
        else:
            _put(fields[key], plain, keep)


def to_value(value: Any, keep: Keep = FULL) -> Value:
    """Write one value."""
    message = Value()
    plain = _lowered(value, keep)
    if isinstance(plain, Unknown):
        message.string_value = UNKNOWN_PLACEHOLDER
    else:
        _put(message, plain, keep)
    return message


def _lowered(value: Any, keep: Keep) -> Any:
    """Take off the covers that the receiver does not know."""
    if isinstance(value, OutputValue):
        inner = value.value if value.known else UNKNOWN
        value = Secret(inner) if value.secret else inner
    if isinstance(value, Secret) and not keep.secrets:
        return _lowered(value.value, keep)
    return value


def _put(message: Value, value: Any, keep: Keep) -> None:
    if isinstance(value, str):
        message.string_value = value
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, (int, float)):
        message.number_value = value
    elif value is None:
        message.null_value = NULL_VALUE
    elif isinstance(value, dict):
        message.struct_value.SetInParent()
        _fill(message.struct_value, value, keep)
    elif isinstance(value, (list, tuple)):
        message.list_value.SetInParent()
        _put_list(message.list_value, value, keep)
    else:
        _put_special(message, value, keep)


def _put_list(message: ListValue, items: Any, keep: Keep) -> None:
    for item in items:
        plain = _lowered(item, keep)
        if isinstance(plain, Unknown):
            if keep.unknowns:
                message.values.add().string_value = UNKNOWN_PLACEHOLDER
        else:
            _put(message.values.add(), plain, keep)


def _put_special(message: Value, value: Any, keep: Keep) -> None:
    match value:
        case Secret(inner):
            _fill(message.struct_value, {SIGNATURE_KEY: SECRET, "value": inner}, keep)
        case Asset(kind, content, digest):
            where = os.path.join(keep.folder, content) if kind == "path" else content
            parts = {SIGNATURE_KEY: ASSET, "hash": digest, kind: where}
            _fill(message.struct_value, parts, keep)
        case Archive(kind, members, digest):
            found = os.path.join(keep.folder, str(members)) if kind == "path" else members
            tree: dict[str, Any] = {SIGNATURE_KEY: ARCHIVE, "hash": digest, kind: found}
            _fill(message.struct_value, tree, keep)
        case ResourceReference():
            _put_reference(message, value, keep)
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be sent")


def _put_reference(message: Value, value: ResourceReference, keep: Keep) -> None:
    if not keep.resources:  # such receivers get the id, or the URN of a component
        plain = value.urn if value.id is None else value.id
        message.string_value = UNKNOWN_PLACEHOLDER if isinstance(plain, Unknown) else plain
        return
    parts: dict[str, Any] = {SIGNATURE_KEY: RESOURCE_REFERENCE, "urn": value.urn}
    if value.id is not None:
        parts["id"] = value.id
    if value.package_version:
        parts["packageVersion"] = value.package_version
    _fill(message.struct_value, parts, keep)
