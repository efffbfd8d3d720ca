from __future__ import annotations

import pytest

from localcloud.engine.api import StepError
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.lab import Lab

PROGRAM = """
        a = Thing("a", name="x", value="1")
        b = Thing("b", name="y", value=Output.secret("hush-hush"), refs=[a.arn])
"""


def change(lab: Lab, name: str, **values: object) -> None:
    """Change a thing by hand; None removes it."""
    identity = lab.state(name).id
    with lab.world.open() as things:
        if values:
            things[identity].update(values)
        else:
            del things[identity]


def test_refresh_sees_what_was_changed_by_hand_and_up_undoes_it(lab: Lab) -> None:
    lab.up(PROGRAM)
    change(lab, "a", value="by hand")

    result = lab.refresh()
    assert result.changes == {"update": 1, "same": 2}
    assert lab.diffs == {"a": ("value",)}
    assert lab.state("a").inputs["value"] == lab.state("a").outputs["value"] == "by hand"

    assert lab.up().changes == {"update": 1, "same": 2}
    assert lab.thing("a")["value"] == "1"


def test_refresh_of_the_unchanged_changes_nothing(lab: Lab) -> None:
    lab.up(PROGRAM)
    state = lab.state_text()
    assert lab.refresh().changes == {"same": 3}
    assert lab.state_text() == state


def test_refresh_keeps_secrets(lab: Lab) -> None:
    lab.up(PROGRAM)
    change(lab, "b", value="found-by-hand")
    lab.refresh()

    assert lab.state("b").outputs["value"] == Secret("found-by-hand")
    assert lab.state("b").inputs["value"] == Secret("found-by-hand")
    assert "found-by-hand" not in lab.state_text() + repr(lab.events)


def test_what_is_gone_leaves_the_state_with_all_references(lab: Lab) -> None:
    lab.up(PROGRAM)
    change(lab, "a")

    assert lab.refresh().changes == {"delete": 1, "same": 2}
    assert lab.states() == ["b"]
    assert lab.state("b").dependencies == []
    result = lab.up()
    assert result.changes == {"create": 1, "same": 2}
    assert lab.world.names() == ["x", "y"]


def test_up_can_refresh_first(lab: Lab) -> None:
    lab.up(PROGRAM)
    change(lab, "a", value="by hand")
    assert lab.up().changes == {"same": 3}  # nothing looks without being told to

    lab.up(refresh=True)
    assert lab.thing("a")["value"] == "1"

    change(lab, "a")
    lab.up(refresh=True)
    assert lab.world.names() == ["x", "y"]


def test_preview_can_refresh_first_and_keeps_nothing_of_it(lab: Lab) -> None:
    lab.up(PROGRAM)
    change(lab, "a", value="by hand")
    state = lab.state_text()

    lab.preview(refresh=True)
    assert "update a" in lab.steps
    assert lab.state_text() == state


def test_refresh_of_targets_only(lab: Lab) -> None:
    lab.up(PROGRAM)
    change(lab, "a", value="by hand")
    change(lab, "b", count=9)
    lab.refresh(targets=(lab.state("b").urn,))

    assert lab.state("a").outputs["value"] == "1"
    assert lab.state("b").outputs["count"] == 9


def test_read_resources_are_refreshed_by_their_outputs(lab: Lab) -> None:
    with lab.world.open() as things:
        things["id-1"] = {"name": "x", "arn": "arn:1", "count": 0}
    lab.up("Thing('a', opts=Opts(id='id-1'))")
    change(lab, "a", arn="arn:2")
    assert lab.refresh().changes["update"] == 1
    assert lab.state("a").outputs["arn"] == "arn:2"


def test_a_failing_read_ends_the_refresh_with_one_sentence(lab: Lab) -> None:
    lab.up('Thing("a", fail=["read"])\nThing("b")')
    with pytest.raises(StepError, match="'a' could not be refreshed: read was told to fail"):
        lab.refresh()
    assert sorted(lab.states()) == ["a", "b"]
