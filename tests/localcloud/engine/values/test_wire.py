from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from localcloud.engine.values.values import (
    UNKNOWN,
    Archive,
    Asset,
    OutputValue,
    ResourceReference,
    Secret,
)
from localcloud.engine.values.wire import MarshalOptions, from_struct, to_struct

URN = "urn:pulumi:dev::p::t:m:T::n"


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "",
        "é\n",
        True,
        False,
        0,
        -3,
        1.5,
        2**53,
        None,
        [],
        {},
        [None, [1, [2]]],
        {"a": {"b": []}},
        Secret("s"),
        Secret({"a": [1, Secret("inner")]}),
        UNKNOWN,
        [UNKNOWN, Secret(UNKNOWN)],
        Asset("text", "hello", "abc"),
        Asset("path", "/x", ""),
        Archive("assets", {"f": Asset("text", "t", "h"), "d": Archive("path", "/d", "")}, "h"),
        ResourceReference(URN, "id", "1.0.0"),
        ResourceReference(URN, None),
        ResourceReference(URN, UNKNOWN),
    ],
)
def test_values_survive_the_way_there_and_back(value: Any) -> None:
    back = from_struct(to_struct({"v": value}))["v"]
    assert back == value
    assert type(back) is type(value)


def test_integral_numbers_are_integers_whatever_they_were() -> None:
    assert from_struct(to_struct({"v": 3.0})) == {"v": 3}
    assert isinstance(from_struct(to_struct({"v": 3.0}))["v"], int)
    assert isinstance(from_struct(to_struct({"v": 1e300}))["v"], float)


def test_true_is_no_number() -> None:
    assert to_struct({"v": True}).fields["v"].WhichOneof("kind") == "bool_value"


def test_what_the_receiver_does_not_know_is_taken_off() -> None:
    plain = MarshalOptions()
    assert from_struct(to_struct({"v": Secret(["s"])}, plain)) == {"v": ["s"]}
    assert from_struct(to_struct({"v": UNKNOWN, "l": [1, UNKNOWN]}, plain)) == {"l": [1]}
    assert from_struct(to_struct({"v": ResourceReference(URN, "i")}, plain)) == {"v": "i"}
    assert from_struct(to_struct({"v": ResourceReference(URN)}, plain)) == {"v": URN}
    assert from_struct(to_struct({"v": Secret(UNKNOWN)}, MarshalOptions(keep_unknowns=True))) == {
        "v": UNKNOWN
    }


def test_output_values_are_read_and_written_as_secrets_and_unknowns() -> None:
    sent: dict[str, Any] = {
        "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
        "secret": True,
        "dependencies": [URN],
    }
    struct = Struct()
    struct.update({"v": sent})
    assert from_struct(struct) == {"v": OutputValue(None, False, True, (URN,))}
    assert from_struct(to_struct({"v": OutputValue(1, True, True)})) == {"v": Secret(1)}
    assert from_struct(to_struct({"v": OutputValue(None, False)})) == {"v": UNKNOWN}


def test_every_placeholder_of_an_unknown_is_one() -> None:
    struct = Struct()
    struct.update({"list": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"})
    assert from_struct(struct) == {"list": UNKNOWN}


def test_an_unknown_kind_is_refused() -> None:
    struct = Struct()
    struct.update({"v": {"4dabf18193072939515e22adb298388d": "what"}})
    with pytest.raises(ValueError, match="unknown kind"):
        from_struct(struct)


def test_relative_asset_paths_are_sent_from_the_folder_of_the_program() -> None:
    options = MarshalOptions(folder="/project")
    sent = from_struct(to_struct({"a": Asset("path", "x"), "z": Archive("path", "/abs")}, options))
    assert sent == {"a": Asset("path", "/project/x"), "z": Archive("path", "/abs")}
