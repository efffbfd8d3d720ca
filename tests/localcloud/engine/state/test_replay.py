from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.engine.state.replay import Replay
from localcloud.engine.state.state_file import manifest, new_document, pending_operations
from tests.localcloud.engine.stacks import resources_of, violations

Document = dict[str, Any]


def thing(name: str, *needs: str, **fields: Any) -> Document:
    state: Document = {"urn": f"urn:pulumi:s::p::t:i:T::{name}", "custom": True, "type": "t:i:T"}
    if needs:
        state["dependencies"] = [f"urn:pulumi:s::p::t:i:T::{need}" for need in needs]
    return state | fields


def base(*states: Document, operations: tuple[Document, ...] = ()) -> Document:
    document = new_document("organization/p/s", "v1:…")
    document["checkpoint"]["latest"] |= {
        "resources": list(states),
        "pending_operations": list(operations),
    }
    return document


def folded(document: Document, *records: Document) -> Document:
    replay = Replay(document)
    for record in records:
        replay.apply(record)
    result = replay.document(manifest)
    assert not violations(result["checkpoint"]["latest"].get("resources", []))
    return result


def names(document: Document) -> list[str]:
    return [
        state["urn"].rpartition("::")[2] + ("!" if state.get("delete") else "")
        for state in resources_of(document)
    ]


A, B, C = thing("a"), thing("b", "a"), thing("c")


def test_nothing_changed_is_the_very_same_document() -> None:
    document = base(A, B)
    assert folded(document, {"same": 1}, {"same": 0}) is document


def test_an_operation_is_pending_until_it_ends() -> None:
    begun = {"begin": 0, "type": "creating", "resource": A}
    assert pending_operations(folded(base(), begun)) == [{"resource": A, "type": "creating"}]
    done = folded(base(), begun, {"end": 0, "add": [0, A]})
    assert not pending_operations(done)
    assert names(done) == ["a"]
    assert not pending_operations(folded(base(), begun, {"end": 0}))


def test_pending_operations_of_the_base_stay_until_resolved() -> None:
    document = base(C, operations=({"resource": A, "type": "creating"},))
    assert pending_operations(folded(document, {"change": True, "remove": 0})) == [
        {"resource": A, "type": "creating"}
    ]
    adopted = folded(document, {"end": 0, "add": [1, A]})
    assert not pending_operations(adopted)
    assert names(adopted) == ["a", "c"]


def test_tokens_and_handles_go_on_behind_those_in_use() -> None:
    replay = Replay(base(A, B, operations=({"resource": C, "type": "creating"},)))
    assert (replay.next_token, replay.next_handle) == (1, 2)
    replay.apply({"begin": 5, "type": "creating", "resource": C})
    replay.apply({"change": True, "add": [7, C]})
    assert (replay.next_token, replay.next_handle) == (6, 8)
    replay.apply({"begin": 3, "type": "creating", "resource": C})
    replay.apply({"change": True, "add": [4, thing("d")]})
    assert (replay.next_token, replay.next_handle) == (6, 8)


def test_an_unchanged_instance_may_have_new_content() -> None:
    result = folded(base(A, B), {"same": 0, "state": A | {"protect": True}})
    assert resources_of(result) == [A | {"protect": True}, B]


def test_made_and_kept_ones_come_first_in_the_order_of_their_completion() -> None:
    document = base(A, thing("x"), C)
    result = folded(document, {"same": 2}, {"change": True, "add": [3, thing("new")]}, {"same": 0})
    assert names(result) == ["c", "new", "a", "x"]


def test_an_update_takes_the_place_of_the_old_instance() -> None:
    result = folded(base(A, B), {"end": 7, "add": [2, thing("a", id="new")], "remove": 0})
    assert names(result) == ["a", "b"]
    assert resources_of(result)[0]["id"] == "new"


def test_a_replacement_keeps_the_old_one_marked_until_it_is_gone() -> None:
    made = {"end": 1, "add": [2, thing("a", id="new")], "delete": 0}
    assert names(folded(base(A, B), made)) == ["a", "a!", "b"]
    assert names(folded(base(A, B), made, {"end": 2, "remove": 0})) == ["a", "b"]


def test_deleted_first_it_is_remembered_as_to_be_made_again() -> None:
    gone = {"end": 1, "pending": 0}
    assert resources_of(folded(base(A, B), gone))[0]["pendingReplacement"] is True
    result = folded(base(A, B), gone, {"end": 2, "add": [2, A], "remove": 0})
    assert resources_of(result) == [A, B]


def test_late_outputs_do_not_move_a_resource() -> None:
    records: list[Document] = [
        {"same": 0},
        {"same": 1},
        {"change": True, "put": [0, A | {"outputs": {"x": 1}}]},
    ]
    result = folded(base(A, B), *records)
    assert names(result) == ["a", "b"]
    assert resources_of(result)[0]["outputs"] == {"x": 1}


def test_what_a_refresh_misses_is_dropped_everywhere() -> None:
    result = folded(base(A, B), {"change": True, "remove": 0})
    assert resources_of(result) == [thing("b") | {"dependencies": []}]


def test_a_state_without_metadata_gets_some() -> None:
    document = base(A)
    del document["checkpoint"]["latest"]["metadata"]
    result = folded(document, {"change": True, "add": [1, C]})
    assert result["checkpoint"]["latest"]["metadata"] == {}


def test_empty_lists_are_left_out() -> None:
    result = folded(base(A), {"change": True, "remove": 0})
    assert result["checkpoint"]["latest"].keys() == {"manifest", "metadata", "secrets_providers"}


def test_a_new_manifest_takes_the_place_of_the_old() -> None:
    replay = Replay(base(A))
    replay.apply({"change": True, "add": [1, C]})
    assert replay.document(lambda: {"time": "now"})["checkpoint"]["latest"]["manifest"] == {
        "time": "now"
    }


def test_unknown_parts_of_the_file_stay() -> None:
    document = base(A) | {"version": 3}
    document["checkpoint"]["config"] = {"k": "v"}
    document["checkpoint"]["latest"]["fromTheFuture"] = {"x": 1}
    document["checkpoint"]["latest"]["metadata"] = {"integrity_error": {"error": "e"}}
    result = folded(document, {"change": True, "add": [1, C]})
    assert result["checkpoint"]["config"] == {"k": "v"}
    assert result["checkpoint"]["latest"]["fromTheFuture"] == {"x": 1}
    assert result["checkpoint"]["latest"]["metadata"] == {"integrity_error": {"error": "e"}}
    assert result["checkpoint"]["stack"] == "organization/p/s"


@pytest.mark.parametrize(
    ("fields", "feature"),
    [
        ({"taint": True}, "taint"),
        ({"replaceWith": []}, ""),
        ({"resourceHooks": {"a": []}}, "hooks"),
    ],
)
def test_features_are_declared_when_used(fields: Document, feature: str) -> None:
    result = folded(base(), {"change": True, "add": [0, A | fields]})
    assert result.get("features", []) == ([feature] if feature else [])
    assert result["version"] == (4 if feature else 3)


def test_the_base_is_never_changed() -> None:
    document = base(A, B, operations=({"resource": C, "type": "creating"},))
    before = json.dumps(document)
    folded(
        document,
        {"end": 0, "add": [2, C], "delete": 0},
        {"change": True, "put": [1, B | {"id": "x"}]},
        {"change": True, "pending": 1},
    )
    assert json.dumps(document) == before
