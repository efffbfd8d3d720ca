from __future__ import annotations

from typing import Any

import pytest

from localcloud.engine.api import StepError
from localcloud.engine.state.model import ResourceState
from tests.localcloud.engine.lab import Lab


def interrupt(lab: Lab, kind: Any, state: ResourceState) -> None:
    """Leave the state as a run does that dies during an operation."""
    handle = lab.backend.open("p", "dev")
    with handle.lock(), handle.journal(handle.load()) as journal:
        journal.begin(kind, state)


def like(lab: Lab, name: str, /, **inputs: Any) -> ResourceState:
    """Describe a thing that a run was about to make."""
    other = lab.state("base")
    return ResourceState(
        urn=other.urn.replace("::base", f"::{name}"),
        type=other.type,
        provider=other.provider,
        parent=other.parent,
        inputs=inputs,
        property_dependencies={key: [] for key in inputs},
    )


def made(lab: Lab, name: str) -> None:
    """Make a thing as an interrupted create did."""
    with lab.world.open() as things:
        things[f"id-{name}"] = {"name": name, "arn": f"arn:{name}", "count": 0}


def test_what_an_interrupted_create_has_made_is_adopted(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "creating", like(lab, "a", name="a-1234567"))
    made(lab, "a-1234567")

    result = lab.up('Thing("base")\na = Thing("a")\nexport("arn", a.arn)')

    assert result.changes == {"same": 3}
    assert result.outputs == {"arn": "arn:a-1234567"}
    assert lab.world.asked("create") == []
    assert lab.snapshot().pending_operations == []
    assert "made by an interrupted run and is adopted" in " ".join(lab.notices)


def test_a_create_that_is_recorded_already_is_not_adopted_again(lab: Lab) -> None:
    lab.up('Thing("base", name="b-1")')
    interrupt(lab, "creating", like(lab, "base", name="b-1"))

    assert lab.up('Thing("base", name="b-1")').changes == {"same": 2}
    assert lab.world.names() == ["b-1"]
    assert lab.states() == ["base"]
    assert lab.snapshot().pending_operations == []
    assert not any("adopted" in notice for notice in lab.notices)


def test_what_an_interrupted_create_has_not_made_is_made(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "creating", like(lab, "a", name="a-1234567"))

    assert lab.up('Thing("base")\nThing("a")').changes == {"same": 2, "create": 1}
    assert lab.snapshot().pending_operations == []


def test_what_was_adopted_and_is_not_wanted_is_deleted(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "creating", like(lab, "a", name="a-1234567"))
    made(lab, "a-1234567")

    lab.up('Thing("base")')

    assert [name for name in lab.world.names() if name.startswith("a-")] == []


def test_destroy_finds_what_an_interrupted_create_has_made(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "creating", like(lab, "a", name="a-1234567"))
    made(lab, "a-1234567")

    lab.destroy()

    assert lab.world.names() == []
    assert lab.snapshot().resources == []


def test_a_preview_foresees_the_adoption_and_keeps_nothing(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "creating", like(lab, "a", name="a-1234567"))
    made(lab, "a-1234567")
    state = lab.state_text()

    assert lab.preview('Thing("base")\nThing("a")').changes == {"same": 3}
    assert lab.state_text() == state


def test_an_interrupted_replacement_keeps_the_new_and_deletes_the_old(lab: Lab) -> None:
    lab.up('Thing("base", name="old")')
    interrupt(lab, "creating", like(lab, "base", name="new"))
    made(lab, "new")

    result = lab.up('Thing("base", name="new")')

    assert result.changes == {"same": 2}
    assert lab.world.names() == ["new"]
    assert lab.states() == ["base"]


def test_an_interrupted_deletion_that_happened_is_noticed(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "deleting", lab.state("base"))
    with lab.world.open() as things:
        things.clear()

    assert lab.up().changes == {"same": 1, "create": 1}
    assert len(lab.world.names()) == 1


def test_an_interrupted_deletion_that_did_not_happen_is_no_matter(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "deleting", lab.state("base"))

    assert lab.up().changes == {"same": 2}
    assert lab.snapshot().pending_operations == []


def test_an_interrupted_update_is_looked_at(lab: Lab) -> None:
    lab.up('Thing("base", value="1")')
    interrupt(lab, "updating", lab.state("base"))
    with lab.world.open() as things:
        for thing in things.values():
            thing["value"] = "2"

    assert lab.up('Thing("base", value="1")').changes == {"same": 1, "update": 1}
    assert lab.thing("base")["value"] == "1"


def test_operations_whose_provider_cannot_be_asked_are_carried_forward(lab: Lab) -> None:
    lab.up('Thing("base")')
    interrupt(lab, "creating", like(lab, "a", name="a-1", fail=["read"]))

    lab.up('Thing("base")')

    assert [op.type for op in lab.snapshot().pending_operations] == ["creating"]
    assert any("could not be found out" in notice for notice in lab.notices)


def test_a_connection_that_broke_during_a_create_is_cleared_up_by_the_next_run(lab: Lab) -> None:
    with pytest.raises(StepError, match="the connection broke"):
        lab.up('Thing("a", breaks=True)')
    assert [op.type for op in lab.snapshot().pending_operations] == ["creating"]
    assert len(lab.world.names()) == 1

    assert lab.up('Thing("a")').changes == {"same": 1, "update": 1}
    assert len(lab.world.names()) == 1
    assert lab.snapshot().pending_operations == []


def test_a_refused_create_leaves_nothing_to_clear_up(lab: Lab) -> None:
    """Or the next run would adopt what somebody else has made under that name."""
    made(lab, "x")
    for _ in range(2):
        with pytest.raises(StepError, match="x exists already"):
            lab.up('Thing("a", name="x")')
        assert lab.snapshot().pending_operations == []
