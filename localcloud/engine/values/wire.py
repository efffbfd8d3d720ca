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
class MarshalOptions:
    """What the receiver of a message understands; the rest is sent as plain values."""

    keep_unknowns: bool = False
    keep_secrets: bool = False
    keep_resources: bool = False
    folder: str = ""
    """Relative paths of assets are below it; the receiver may work elsewhere than the program."""


KEEP_ALL = MarshalOptions(keep_unknowns=True, keep_secrets=True, keep_resources=True)


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
    if SIGNATURE_KEY not in struct.fields:
        return from_struct(struct)
    fields = {key: from_value(item) for key, item in struct.fields.items()}
    signature = fields.pop(SIGNATURE_KEY)
    read = _READERS.get(signature)
    if read is None:
        raise ValueError(f"a message holds a value of an unknown kind ({signature!r})")
    return read(fields)


def _asset(fields: dict[str, Any]) -> Asset:
    digest = fields.get("hash", "")
    if "path" in fields:
        return Asset("path", fields["path"], digest)
    if "uri" in fields:
        return Asset("uri", fields["uri"], digest)
    return Asset("text", fields.get("text", ""), digest)


def _archive(fields: dict[str, Any]) -> Archive:
    digest = fields.get("hash", "")
    if "path" in fields:
        return Archive("path", fields["path"], digest)
    if "uri" in fields:
        return Archive("uri", fields["uri"], digest)
    return Archive("assets", fields.get("assets", {}), digest)


def _reference(fields: dict[str, Any]) -> ResourceReference:
    return ResourceReference(fields["urn"], fields.get("id"), fields.get("packageVersion", ""))


def _output(fields: dict[str, Any]) -> OutputValue:
    known = "value" in fields
    secret = bool(fields.get("secret"))
    return OutputValue(fields.get("value"), known, secret, tuple(fields.get("dependencies") or ()))


def _secret(fields: dict[str, Any]) -> Secret:
    inner = fields.get("value")
    return inner if isinstance(inner, Secret) else Secret(inner)


_READERS: dict[str, Any] = {
    SECRET: _secret,
    ASSET: _asset,
    ARCHIVE: _archive,
    RESOURCE_REFERENCE: _reference,
    OUTPUT_VALUE: _output,
    BYTE_STRING: lambda fields: base64.b64decode(fields["value"]).decode(
        "utf-8", "surrogateescape"
    ),
}


def to_struct(properties: dict[str, Any], options: MarshalOptions = KEEP_ALL) -> Struct:
    """Write properties as a message; unknown ones are left out unless the receiver keeps them."""
    struct = Struct()
    _fill(struct, properties, options)
    return struct


def _fill(struct: Struct, properties: dict[str, Any], options: MarshalOptions) -> None:
    fields = struct.fields
    for key, value in properties.items():
        plain = _downgraded(value, options)
        if isinstance(plain, Unknown):
            if options.keep_unknowns:
                fields[key].string_value = UNKNOWN_PLACEHOLDER
        else:
            _put(fields[key], plain, options)


def _downgraded(value: Any, options: MarshalOptions) -> Any:
    """Replace secrets and outputs that the receiver does not know by plain values."""
    if isinstance(value, OutputValue):
        inner = value.value if value.known else UNKNOWN
        value = Secret(inner) if value.secret else inner
    if isinstance(value, Secret) and not options.keep_secrets:
        return _downgraded(value.value, options)
    return value


def _put(message: Value, value: Any, options: MarshalOptions) -> None:
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
        _fill(message.struct_value, value, options)
    elif isinstance(value, (list, tuple)):
        message.list_value.SetInParent()
        _put_list(message.list_value, value, options)
    else:
        _put_special(message, value, options)


def _put_list(message: ListValue, items: Any, options: MarshalOptions) -> None:
    for item in items:
        plain = _downgraded(item, options)
        if isinstance(plain, Unknown):
            if options.keep_unknowns:
                message.values.add().string_value = UNKNOWN_PLACEHOLDER
        else:
            _put(message.values.add(), plain, options)


def _put_special(message: Value, value: Any, options: MarshalOptions) -> None:
    match value:
        case Secret(inner):
            _fill(message.struct_value, {SIGNATURE_KEY: SECRET, "value": inner}, options)
        case Asset(kind, content, digest):
            where = os.path.join(options.folder, content) if kind == "path" else content
            fields = {SIGNATURE_KEY: ASSET, "hash": digest, kind: where}
            _fill(message.struct_value, fields, options)
        case Archive(kind, members, digest):
            found = os.path.join(options.folder, str(members)) if kind == "path" else members
            tree: dict[str, Any] = {SIGNATURE_KEY: ARCHIVE, "hash": digest, kind: found}
            _fill(message.struct_value, tree, options)
        case ResourceReference():
            _put_reference(message, value, options)
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be sent")


def _put_reference(message: Value, value: ResourceReference, options: MarshalOptions) -> None:
    if not options.keep_resources:  # such receivers get the id, or the URN of a component
        plain = value.urn if value.id is None else value.id
        message.string_value = UNKNOWN_PLACEHOLDER if isinstance(plain, Unknown) else plain
        return
    fields: dict[str, Any] = {SIGNATURE_KEY: RESOURCE_REFERENCE, "urn": value.urn}
    if value.id is not None:
        fields["id"] = value.id
    if value.package_version:
        fields["packageVersion"] = value.package_version
    _fill(message.struct_value, fields, options)
