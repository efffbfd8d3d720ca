from __future__ import annotations

import pytest

from localcloud.engine.api import EngineError, StepError
from tests.localcloud.engine.lab import Lab

CHAIN = """
        a = Thing("a", name="{name}", size={size})
        b = Thing("b", refs=[a.arn, {size}])
        c = Thing("c", value=a.arn)
        d = Thing("d", opts=Opts(depends_on=[a]))
        e = Thing("e", refs=[b.arn])
        export("e", e.refs if hasattr(e, "refs") else None)
"""


def chain(name: str = "one", size: int = 1) -> str:
    return CHAIN.format(name=name, size=size)


def test_create_before_delete_makes_the_new_one_first(lab: Lab) -> None:
    lab.up(chain())
    old_ids = {name: lab.state(name).id for name in "abcde"}

    result = lab.up(chain(name="two"))

    assert result.changes == {"replace": 3, "update": 1, "same": 2}
    asked = [line for line in lab.world.asked() if line.split()[0] in ("create", "delete")]
    assert asked == ["create a", "create b", "create e", "delete e", "delete b", "delete a"]
    assert lab.steps[-3:] == ["delete-replaced e", "delete-replaced b", "delete-replaced a"]
    assert {n for n in "abcde" if lab.state(n).id != old_ids[n]} == {"a", "b", "e"}
    assert len(lab.world.names()) == 5
    assert [s for s in lab.snapshot().resources if s.delete] == []


def test_replacements_get_new_names(lab: Lab) -> None:
    lab.up('Thing("a", refs=[1])')
    name = lab.thing("a")["name"]

    lab.up('Thing("a", refs=[2])')

    assert lab.thing("a")["name"] != name


def test_delete_before_replace_takes_dependents_along_that_cannot_stay(lab: Lab) -> None:
    """Changing `size` of a deletes it first; b and e fall with it, c and d can stay."""
    lab.up(chain())

    result = lab.up(chain(size=2))

    assert result.changes == {"replace": 3, "same": 3}
    asked = [line for line in lab.world.asked() if line.split()[0] in ("create", "delete")]
    assert asked == ["delete e", "delete b", "delete a", "create a", "create b", "create e"]
    assert len(lab.world.names()) == 5
    assert lab.thing("b")["refs"] == [lab.thing("a")["arn"], 2]
    assert not any(s.delete or s.pending_replacement for s in lab.snapshot().resources)
    assert lab.up().changes == {"same": 6}


@pytest.mark.parametrize("program", [chain(name="two"), chain(size=2)])
def test_previews_foresee_replacements(lab: Lab, program: str) -> None:
    lab.up(chain())
    state = lab.state_text()

    foreseen = lab.preview(program).changes
    assert lab.state_text() == state
    assert len(lab.world.names()) == 5

    assert foreseen == {"replace": 3, "update": 1, "same": 2}  # c may have to change
    assert lab.up().changes["replace"] == 3


def test_the_option_delete_before_replace_overrules_the_provider(lab: Lab) -> None:
    program = 'Thing("a", {}, opts=Opts(delete_before_replace={}))'
    lab.up(program.format('name="x", size=1', True))
    lab.up(program.format('name="y", size=1', True))
    assert lab.world.asked()[1:] == ["delete a", "create a", "created y"]

    lab.up(program.format('name="z", size=2', False))
    assert lab.world.asked()[1:] == ["create a", "created z", "delete a"]


def test_a_failure_after_the_deletion_is_made_good_by_the_next_run(lab: Lab) -> None:
    lab.up(chain())
    with pytest.raises(StepError):
        lab.up(chain(size=2).replace("size=2", "size=2, fail=['create']"))
    states = {s.urn.rsplit("::")[-1]: s for s in lab.snapshot().resources}
    assert [n for n in "abcde" if states[n].pending_replacement] == ["a", "b", "e"]
    assert len(lab.world.names()) == 2

    lab.up(chain(size=2))

    assert len(lab.world.names()) == 5
    assert not any(s.pending_replacement for s in lab.snapshot().resources)


def test_what_was_deleted_for_its_replacement_comes_back_as_it_was(lab: Lab) -> None:
    """The program is undone meanwhile: no input differs, and still nothing is there."""
    lab.up(chain())
    with pytest.raises(StepError):
        lab.up(chain(size=2).replace("size=2", "size=2, fail=['create']"))
    assert len(lab.world.names()) == 2

    assert lab.up(chain()).changes["replace"] == 3

    assert len(lab.world.names()) == 5
    assert not any(s.pending_replacement for s in lab.snapshot().resources)


@pytest.mark.parametrize("option", ["replace_with=[a]", "deleted_with=a"])
def test_what_lets_go_of_a_replaced_one_in_the_same_run_is_not_deleted(
    lab: Lab, option: str
) -> None:
    lab.up(f'a = Thing("a", size=1)\nThing("b", opts=Opts({option}))')
    thing = lab.state("b").id

    result = lab.up('b = Thing("b")\nThing("a", size=2, opts=Opts(depends_on=[b]))')

    assert result.changes == {"same": 2, "replace": 1}
    assert lab.state("b").id == thing
    assert thing in lab.world.things()


def test_what_was_to_come_back_may_be_dropped_meanwhile(lab: Lab) -> None:
    lab.up(chain())
    with pytest.raises(StepError):
        lab.up(chain(size=2).replace("size=2", "size=2, fail=['create']"))

    lab.up('Thing("c")')

    assert lab.states() == ["c"]
    assert len(lab.world.names()) == 1


def test_a_failed_deletion_of_a_replaced_one_is_tried_again(lab: Lab) -> None:
    lab.up('Thing("a", name="x", fail=["delete"])')
    with pytest.raises(StepError):
        lab.up('Thing("a", name="y")')
    assert [(s.id != "", s.delete) for s in lab.snapshot().resources if s.urn.endswith("a")] == [
        (True, False),
        (True, True),
    ]
    stuck = lab.snapshot()
    old = next(s for s in stuck.resources if s.delete)
    with lab.backend.open("p", "dev").lock(), lab.backend.open("p", "dev").journal(stuck) as j:
        old.inputs = {"name": "x"}
        j.change(put=old)

    result = lab.up('Thing("a", name="y")')

    assert result.changes == {"same": 2}
    assert lab.world.names() == ["y"]


def test_a_protected_resource_is_not_replaced(lab: Lab) -> None:
    program = 'Thing("a", name="{}", opts=Opts(protect=True))'
    lab.up(program.format("x"))

    with pytest.raises(EngineError, match="'a' would have to be replaced but is protected"):
        lab.up(program.format("y"))

    assert lab.world.names() == ["x"]


def test_protection_taken_off_in_the_same_run_allows_it(lab: Lab) -> None:
    lab.up('Thing("a", name="x", opts=Opts(protect=True))')
    lab.up('Thing("a", name="y")')
    assert lab.world.names() == ["y"]


def test_a_protected_dependent_stops_a_delete_before_replace(lab: Lab) -> None:
    program = 'a = Thing("a", size={})\nThing("b", refs=[a.arn], opts=Opts(protect=True))'
    lab.up(program.format(1))

    with pytest.raises(EngineError, match="'b' would have to be deleted with it but is protected"):
        lab.up(program.format(2))

    assert len(lab.world.names()) == 2


def test_a_dependent_that_lets_go_in_the_same_run_is_not_deleted(lab: Lab) -> None:
    lab.up('a = Thing("a", size=1)\nb = Thing("b", value=a.arn)')

    result = lab.up('b = Thing("b", value="free")\nThing("a", size=2, opts=Opts(depends_on=[b]))')

    assert result.changes == {"same": 1, "update": 1, "replace": 1}


def test_many_dependents_are_replaced_together(lab: Lab) -> None:
    program = """
        a = Thing("a", size={size})
        for i in range(30):
            Thing(f"b{{i}}", refs=[a.arn])
        """
    lab.up(program.format(size=1))
    result = lab.up(program.format(size=2))

    assert result.changes == {"same": 1, "replace": 31}
    assert len(lab.world.names()) == 31
    assert lab.destroy().changes == {"delete": 32}
