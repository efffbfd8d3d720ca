from __future__ import annotations

import pytest

from localcloud.engine.api import StepError
from tests.localcloud.engine.lab import Lab


def test_deletion_goes_level_by_level_each_in_parallel(lab: Lab) -> None:
    lab.up("""
        roots = [Thing(f"root{i}", meets=5) for i in range(5)]
        for i in range(10):
            Thing(f"leaf{i}", meets=10, refs=[root.arn for root in roots])
        """)

    lab.destroy()

    asked = [line.split()[1][:4] for line in lab.world.asked("delete")]
    assert asked == ["leaf"] * 10 + ["root"] * 5


def test_a_half_finished_destroy_is_finished_by_the_next_one(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b", fail=["delete"], refs=[a.arn])\nThing("c")')
    with pytest.raises(StepError):
        lab.destroy()
    assert sorted(lab.states()) in (["a", "b"], ["a", "b", "c"])
    snapshot = lab.snapshot()
    handle = lab.backend.open("p", "dev")
    stuck = next(s for s in snapshot.resources if s.urn.endswith("::b"))
    stuck.inputs = {"name": stuck.inputs["name"]}
    with handle.lock(), handle.journal(snapshot) as journal:
        journal.change(put=stuck)

    lab.destroy()

    assert lab.world.names() == []
    assert lab.snapshot().resources == []


def test_what_is_gone_already_is_fine(lab: Lab) -> None:
    lab.up('Thing("a")\nThing("b")')
    with lab.world.open() as things:
        things.clear()
    assert lab.destroy().changes == {"delete": 3}


def test_destroy_uses_the_configuration_in_the_state(lab: Lab) -> None:
    lab.configure("fake:region", "west")
    lab.up('Thing("a")')
    (lab.folder / "Pulumi.dev.yaml").unlink()
    assert lab.destroy().changes == {"delete": 2}


def test_components_go_after_their_children(lab: Lab) -> None:
    lab.up('g = Group("g")\nThing("a", opts=Opts(parent=g))')
    lab.destroy()
    assert lab.steps == ["delete a", "delete g", "delete p-dev"]
