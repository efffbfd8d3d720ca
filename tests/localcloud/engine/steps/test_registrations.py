from __future__ import annotations

import pytest

from localcloud.engine.api import BadRegistration, NotTargeted
from localcloud.engine.steps.registrations import Targets
from tests.localcloud.engine.lab import Lab


def keeps(lab: Lab, before: str, after: str, *names: str) -> None:
    """Expect that the second program keeps the things of the first."""
    lab.up(before)
    things = lab.world.things()
    foreseen = lab.preview(after).changes
    done = lab.up(after).changes
    assert foreseen == done == {"same": 1 + len(names)}
    assert lab.world.things() == things
    assert sorted(lab.states()) == sorted(names)
    lab.up(after)
    assert lab.snapshot().pending_operations == []


def test_a_renamed_resource_keeps_its_thing(lab: Lab) -> None:
    keeps(lab, 'Thing("a")', 'Thing("b", opts=Opts(aliases=[Alias(name="a")]))', "b")


def test_an_alias_may_be_a_whole_urn(lab: Lab) -> None:
    urn = "urn:pulumi:dev::p::fake:index:Thing::a"
    keeps(lab, 'Thing("a")', f'Thing("b", opts=Opts(aliases=["{urn}"]))', "b")


def test_a_resource_may_move_into_a_component(lab: Lab) -> None:
    after = """
        g = Group("g")
        Thing("a", opts=Opts(parent=g, aliases=[Alias(parent=pulumi.ROOT_STACK_RESOURCE)]))
        """
    lab.up('Thing("a")')
    assert lab.up(after).changes == {"same": 2, "create": 1}
    assert lab.state("a").parent == lab.state("g").urn


def test_children_follow_a_renamed_component(lab: Lab) -> None:
    before = """
        g = Group("g")
        h = Group("g-h", opts=Opts(parent=g))
        Thing("g-a", opts=Opts(parent=h))
        Thing("b", opts=Opts(parent=g))
        """
    after = """
        g = Group("n", opts=Opts(aliases=[Alias(name="g")]))
        h = Group("n-h", opts=Opts(parent=g))
        Thing("n-a", opts=Opts(parent=h, aliases=[Alias(name="g-a")]))
        Thing("b", opts=Opts(parent=g))
        """
    keeps(lab, before, after, "n", "n-h", "n-a", "b")


def test_children_follow_a_component_of_another_type(lab: Lab) -> None:
    before = 'g = Group("g")\nThing("a", opts=Opts(parent=g))'
    after = """
        old = Alias(type_="test:index:Group")
        g = Group("g", type_="test:index:Flock", opts=Opts(aliases=[old]))
        Thing("a", opts=Opts(parent=g))
        """
    keeps(lab, before, after, "g", "a")
    assert lab.state("a").urn == "urn:pulumi:dev::p::test:index:Flock$fake:index:Thing::a"


def test_references_follow_an_alias(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b", value=a.arn)')
    lab.up('a = Thing("n", opts=Opts(aliases=[Alias(name="a")]))\nThing("b", value=a.arn)')

    assert lab.state("b").dependencies == [lab.state("n").urn]
    assert lab.destroy().changes == {"delete": 3}


def test_an_aliased_resource_may_change_as_well(lab: Lab) -> None:
    lab.up('Thing("a", value="1")')
    result = lab.up('Thing("b", value="2", opts=Opts(aliases=[Alias(name="a")]))')

    assert result.changes == {"same": 1, "update": 1}
    assert lab.states() == ["b"]
    assert len(lab.world.names()) == 1


def test_two_of_a_kind_with_one_name_are_refused(lab: Lab) -> None:
    with pytest.raises(BadRegistration, match="Two resources of type fake:index:Thing are called"):
        lab.up('Thing("a")\nThing("a")')


def test_two_claims_on_one_old_resource_are_refused(lab: Lab) -> None:
    lab.up('Thing("a")')
    with pytest.raises(BadRegistration, match="has the alias"):
        lab.up("""
        Thing("b", opts=Opts(aliases=[Alias(name="a")]))
        Thing("c", opts=Opts(aliases=[Alias(name="a")]))
        """)


# --- targets -----------------------------------------------------------------------------------

A = "urn:pulumi:dev::p::fake:index:Thing::a"
B = "urn:pulumi:dev::p::fake:index:Thing::b"


def test_only_targets_are_changed(lab: Lab) -> None:
    lab.up('Thing("a", value="1")\nThing("b", value="1")\nThing("gone")')

    result = lab.up('Thing("a", value="2")\nThing("b", value="2")\nThing("new")', targets=(A,))

    assert result.changes == {"same": 1, "update": 1}
    assert (lab.thing("a")["value"], lab.thing("b")["value"]) == ("2", "1")
    assert sorted(lab.states()) == ["a", "b", "gone"]


def test_what_is_no_target_is_known_to_the_program_as_it_is(lab: Lab) -> None:
    program = 'a = Thing("a", name="x", value="{0}")\nThing("b", value="{0}")\nexport("v", a.value)'
    lab.up(program.format(1))

    result = lab.up(program.format(2), targets=(B,))

    assert result.outputs == {"v": "1"}
    assert lab.state("a").inputs["value"] == "1"
    assert lab.up(program.format(1), targets=(A,)).changes == {"same": 2}


def test_a_target_that_needs_what_is_left_out_is_refused(lab: Lab) -> None:
    with pytest.raises(NotTargeted, match="'b' needs fake:index:Thing 'a', which does not exist"):
        lab.up('a = Thing("a")\nThing("b", value=a.arn)', targets=(B,))
    assert lab.world.names() == []


def test_what_does_not_exist_and_is_no_target_is_unknown_to_the_program(lab: Lab) -> None:
    result = lab.up(
        'a = Thing("a")\na.arn.apply(lambda v: print("APPLIED", v))\nThing("b")', targets=(B,)
    )
    assert result.changes == {"create": 2}
    assert lab.messages("info") == []
    assert lab.states() == ["b"]


def test_only_targets_are_deleted(lab: Lab) -> None:
    lab.up('Thing("a")\nThing("b")')
    assert lab.up("pass", targets=(A,)).changes == {"same": 1, "delete": 1}
    assert lab.states() == ["b"]


def test_only_targets_are_destroyed(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b", value=a.arn)')
    with pytest.raises(NotTargeted, match="cannot be deleted without fake:index:Thing 'b'"):
        lab.destroy(targets=(A,))
    assert lab.destroy(targets=(B,)).changes == {"delete": 1}
    assert lab.states() == ["a"]


def test_target_patterns() -> None:
    assert Targets(["**Thing::a"]).include(A)
    assert not Targets(["**Thing::a"]).include(B)
    assert Targets(["urn:pulumi:dev::*::fake:index:Thing::*"]).include(B)
    assert not Targets(["*"]).include(A)
    assert Targets([]).include(A)
    assert Targets([A]).include("urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev")
    assert Targets([A]).include("urn:pulumi:dev::p::pulumi:providers:fake::default")
