"""Property values as the provider sees them: plain JSON, `UNKNOWN`, assets as dictionaries.

Secrets and output values are unwrapped on the way in (the provider says that it takes none); secret
outputs are wrapped on the way out, which every Pulumi engine understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

# Signatures of Pulumi's wire format (sdk/go/common/resource/sig/sig.go).
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

# Strings that stand for values that a preview does not know yet (plugin/rpc.go), one per type.
_UNKNOWN_STRINGS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_UNKNOWN_WIRE: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

Props = dict[str, Any]


class Unknown:
    """A value that only the deployment itself will produce; there is one instance, `UNKNOWN`."""

    def __repr__(self) -> str:
        """Say what it is in a message."""
        return "<unknown>"


UNKNOWN: Final = Unknown()


def has_unknown(value: Any) -> bool:
    """Whether anything in this value is still unknown."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def from_struct(struct: struct_pb2.Struct) -> Props:
    """Plain values of a protobuf struct; nulls are left out, whole numbers become ints."""
    return {
        name: _decode(value)
        for name, value in struct.fields.items()
        if value.WhichOneof("kind") != "null_value"
    }


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWN_STRINGS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _unwrap(from_struct(value.struct_value))
    return None


def _unwrap(value: Props) -> Any:
    signature = value.get(SIGNATURE)
    if signature == SECRET:
        return value.get("value")
    if signature == OUTPUT:
        return value.get("value", UNKNOWN)
    if signature == RESOURCE:
        return value.get("id", value.get("urn"))
    return value


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Turn plain values into a protobuf struct; None is left out at the top."""
    struct = struct_pb2.Struct()
    for name, value in values.items():
        if value is not None:
            _encode(struct.fields[name], value)
    return struct


def _encode(target: struct_pb2.Value, value: Any) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        target.string_value = _UNKNOWN_WIRE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    else:
        _encode_nested(target, value)


def _encode_nested(target: struct_pb2.Value, value: Any) -> None:
    if isinstance(value, Mapping):
        target.struct_value.SetInParent()
        for name, item in value.items():
            _encode(target.struct_value.fields[name], item)
    else:
        target.list_value.SetInParent()
        for item in value:
            _encode(target.list_value.values.add(), item)


def secret(value: Any) -> Props:
    """Wrap a value so that the engine encrypts it in its state."""
    return {SIGNATURE: SECRET, "value": value}


def empty(value: Any) -> bool:
    """Whether a value says nothing: absent, "", [] and {} are one to AWS."""
    return value is None or value == "" or value == [] or value == {}
