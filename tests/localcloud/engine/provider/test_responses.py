from __future__ import annotations

from pulumi.runtime.proto import provider_pb2

from localcloud.engine.provider.responses import annotate_secrets, diff_of, failures_of
from localcloud.engine.values.values import Secret


def test_outputs_are_as_secret_as_the_inputs_of_their_name() -> None:
    outputs = {
        "pw": "x",
        "list": [1, 2],
        "deep": {"pw": "y", "open": 1},
        "marked": Secret("z"),
        "open": 1,
    }
    annotate_secrets(
        outputs,
        {
            "pw": Secret("x"),
            "list": [1, Secret(2)],
            "deep": {"pw": Secret("y"), "open": 1},
            "marked": Secret("z"),
            "open": 1,
            "absent": Secret("a"),
        },
    )
    assert outputs == {
        "pw": Secret("x"),
        "list": Secret([1, 2]),
        "deep": {"pw": Secret("y"), "open": 1},
        "marked": Secret("z"),
        "open": 1,
    }


def test_nothing_to_annotate() -> None:
    annotate_secrets(None, {"a": Secret(1)})
    annotate_secrets({"a": 1}, None)


def test_differences_are_read() -> None:
    kinds = provider_pb2.DiffResponse
    assert diff_of(kinds(changes=kinds.DIFF_NONE)).changed is False
    assert diff_of(kinds(changes=kinds.DIFF_UNKNOWN)).changed is None
    diff = diff_of(kinds(changes=kinds.DIFF_SOME, replaces=["a"], deleteBeforeReplace=True))
    assert (diff.changed, diff.replaces, diff.delete_before_replace) == (True, ["a"], True)
    assert diff.detailed is None


def test_failures_are_read() -> None:
    response = provider_pb2.CheckResponse(
        failures=[provider_pb2.CheckFailure(property="p", reason="r")]
    )
    (failure,) = failures_of(response)
    assert (failure.property, failure.reason) == ("p", "r")
