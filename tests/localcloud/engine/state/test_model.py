from __future__ import annotations

import json

import pytest

from localcloud.engine.errors import StateCorrupt
from localcloud.engine.state.model import (
    FIELDS,
    ResourceState,
    Snapshot,
    state_from_document,
    state_to_document,
)
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.stacks import CLI_DATA, crypter, resource, root


def test_absent_fields_are_left_out() -> None:
    state = ResourceState(urn="u", type="t", custom=False)
    assert state_to_document(state, crypter()) == {"urn": "u", "custom": False, "type": "t"}


def test_every_field_survives() -> None:
    full = ResourceState(
        urn="u", type="t", id="i", inputs={"a": Secret(1)}, outputs={"b": [2]}, parent="p",
        provider="q::id", dependencies=["d"], property_dependencies={"a": [], "b": ["d"]},
        protect=True, taint=True, external=True, delete=True, pending_replacement=True,
        retain_on_delete=True, deleted_with="w", replace_with=["r"],
        additional_secret_outputs=["b"], aliases=["al"], custom_timeouts={"create": 60},
        init_errors=["boo"], import_id="im", created="2026-01-01T00:00:00Z", modified="m",
        source_position="project:///x#1", stack_trace=[{}], ignore_changes=["a"],
        hide_diff=[["a"]], replace_on_changes=["b"], replacement_trigger="",
        resource_hooks={"h": ["x"]}, extra={"fromTheFuture": {"x": 1}},
    )  # fmt: skip
    document = state_to_document(full, crypter())
    assert set(document) == {key for _, key in FIELDS} | {"fromTheFuture"}
    assert state_from_document(json.loads(json.dumps(document)), crypter()) == full


def test_the_document_shares_nothing_with_the_state() -> None:
    state = resource("a", "b", property_dependencies={"x": ["u"]}, inputs={"l": [1]})
    document = state_to_document(state, crypter())
    state.dependencies.append("later")
    state.property_dependencies["x"].append("later")
    state.inputs["l"].append(2)
    assert "later" not in json.dumps(document)
    assert document["inputs"] == {"l": [1]}


def test_the_order_of_keys_is_the_cli_s() -> None:
    written = json.loads((CLI_DATA / "state.json").read_bytes())
    order = [key for _, key in FIELDS]
    for document in written["checkpoint"]["latest"]["resources"]:
        known = [key for key in document if key in order]
        assert known == sorted(known, key=order.index)


@pytest.mark.parametrize("document", [{"type": "t"}, {"urn": "u"}, {"urn": "", "type": "t"}])
def test_a_resource_without_a_name_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(StateCorrupt):
        state_from_document(document, crypter())


def test_a_snapshot_knows_what_lives_and_what_was_exported() -> None:
    stack = root()
    stack.outputs = {"pw": Secret("x")}
    old, new = resource("a", delete=True), resource("a")
    snapshot = Snapshot(resources=[stack, new, old])
    assert snapshot.live()[new.urn] is new
    assert snapshot.stack_outputs() == {"pw": Secret("x")}
    assert Snapshot().stack_outputs() == {}
