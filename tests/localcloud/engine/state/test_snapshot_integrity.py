from __future__ import annotations

import json
import random
from typing import Any

from localcloud.engine.state.snapshot_integrity import repaired
from tests.localcloud.engine.stacks import CLI_DATA, violations

Document = dict[str, Any]
PREFIX = "urn:pulumi:dev::demo::"


def state(name: str, kind: str = "a:b:C", **fields: Any) -> Document:
    return {"urn": f"{PREFIX}{kind}::{name}", "custom": True, "type": kind.split("$")[-1]} | fields


def ref(name: str, kind: str = "a:b:C") -> str:
    return f"{PREFIX}{kind}::{name}"


def test_a_valid_list_keeps_its_order() -> None:
    document = json.loads((CLI_DATA / "state.json").read_bytes())
    resources = document["checkpoint"]["latest"]["resources"]
    assert not violations(resources)
    assert repaired(resources) == resources


def test_whoever_is_needed_comes_first() -> None:
    provider = state("p", "pulumi:providers:aws", id="1")
    user = state("user", provider=f"{ref('p', 'pulumi:providers:aws')}::1", parent=ref("top"))
    third = state("third", propertyDependencies={"x": [ref("user")]}, deletedWith=ref("top"))
    order = repaired([third, user, provider, state("top")])
    assert [s["urn"].rpartition("::")[2] for s in order] == ["top", "p", "user", "third"]
    assert not violations(order)


def test_dead_references_go_and_live_ones_stay() -> None:
    kept = state("kept")
    user = state(
        "user",
        parent=ref("gone"),
        dependencies=[ref("gone"), ref("kept")],
        propertyDependencies={"x": [ref("gone")], "y": [ref("kept")], "z": []},
        deletedWith=ref("gone"),
        replaceWith=[ref("gone")],
    )
    result = repaired([kept, user])[1]
    assert result == state(
        "user",
        dependencies=[ref("kept")],
        propertyDependencies={"x": [], "y": [ref("kept")], "z": []},
        replaceWith=[],
    )


def test_a_rename_is_followed_by_all_who_refer_to_it() -> None:
    other, new = state("other"), state("new", aliases=[ref("old")])
    user = state(
        "user",
        "a:b:C$a:b:C",
        parent=ref("old"),
        deletedWith=ref("old"),
        dependencies=[ref("old"), ref("other")],
        replaceWith=[ref("other"), ref("old")],
        propertyDependencies={"a": [ref("old"), ref("other")], "b": []},
    )
    assert repaired([other, new, user]) == [
        other,
        state("new"),
        state(
            "user",
            "a:b:C$a:b:C",
            parent=ref("new"),
            deletedWith=ref("new"),
            dependencies=[ref("new"), ref("other")],
            replaceWith=[ref("other"), ref("new")],
            propertyDependencies={"a": [ref("new"), ref("other")], "b": []},
        ),
    ]


def test_providers_keep_their_ids_when_one_is_renamed() -> None:
    kind = "pulumi:providers:aws"
    new, same = state("new", kind, id="7", aliases=[ref("old", kind)]), state("same", kind, id="8")
    users = [
        state("a", provider=f"{ref('old', kind)}::7"),
        state("b", provider=f"{ref('same', kind)}::8"),
    ]
    result = repaired([new, same, *users])
    assert [user["provider"] for user in result[2:]] == [
        f"{ref('new', kind)}::7",
        f"{ref('same', kind)}::8",
    ]


def test_a_child_is_renamed_when_its_parent_s_type_changes() -> None:
    """Names may hold the separator, too."""
    new = state("p::1", "x:y:New", aliases=[ref("p::1", "x:y:Old")])
    child = state("c::2", "x:y:Old$a:b:C", parent=ref("p::1", "x:y:Old"))
    grandchild = state("g", "x:y:Old$a:b:C$a:b:D", parent=ref("c::2", "x:y:Old$a:b:C"))
    user = state("u", dependencies=[ref("c::2", "x:y:Old$a:b:C")])
    assert repaired([new, child, grandchild, user]) == [
        state("p::1", "x:y:New"),
        child | {"urn": ref("c::2", "x:y:New$a:b:C"), "parent": ref("p::1", "x:y:New")},
        grandchild
        | {"urn": ref("g", "x:y:New$a:b:C$a:b:D"), "parent": ref("c::2", "x:y:New$a:b:C")},
        state("u", dependencies=[ref("c::2", "x:y:New$a:b:C")]),
    ]


def test_a_child_of_a_renamed_stack_has_no_type_before_its_own() -> None:
    stack = "pulumi:pulumi:Stack"
    new = state("new", stack, aliases=[ref("old", stack)])
    child = state("c", parent=ref("old", stack))
    assert repaired([new, child])[1] == child | {"parent": ref("new", stack)}


def test_two_instances_of_a_renamed_child_are_both_renamed() -> None:
    new = state("p", "x:y:New", aliases=[ref("p", "x:y:Old")])
    child = state("c", "x:y:Old$a:b:C", parent=ref("p", "x:y:Old"))
    result = repaired([new, child, child | {"delete": True}])
    assert [s["urn"] for s in result[1:]] == [ref("c", "x:y:New$a:b:C")] * 2
    assert [s.get("delete") for s in result[1:]] == [None, True]


def test_a_circle_does_not_hang() -> None:
    both = [state("a", dependencies=[ref("b")]), state("b", dependencies=[ref("a")])]
    assert len(repaired(both)) == 2


def test_two_instances_of_a_urn_both_stay() -> None:
    both = [state("a", id="new"), state("u", dependencies=[ref("a")]), state("a", delete=True)]
    assert repaired(both) == both


def test_any_shuffled_graph_becomes_valid() -> None:
    chance = random.Random(7)
    for _ in range(50):
        states = [state(str(i)) for i in range(30)]
        for i in range(1, 30):
            needs = chance.sample(range(i), chance.randint(0, min(i, 3)))
            states[i]["dependencies"] = [ref(str(n)) for n in needs]
        chance.shuffle(states)
        result = repaired(states)
        assert not violations(result)
        assert sorted(s["urn"] for s in result) == sorted(s["urn"] for s in states)
        assert all(
            len(s["dependencies"]) == len(r["dependencies"])
            for s in states
            for r in result
            if "dependencies" in s and s["urn"] == r["urn"]
        )
