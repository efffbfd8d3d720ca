from __future__ import annotations

from localcloud.engine.state.dependency_graph import deletion_levels, depending_on, references
from localcloud.engine.state.model import ResourceState
from tests.localcloud.engine.stacks import resource, root, urn_of


def names(states: list[ResourceState]) -> list[str]:
    return [state.urn.rpartition("::")[2] for state in states]


def levels(*states: ResourceState) -> list[list[str]]:
    everything = [root(), *states]
    return [sorted(names(level)) for level in deletion_levels(everything, everything)]


def test_dependents_go_first() -> None:
    assert levels(resource("a"), resource("b", "a"), resource("c", "b"), resource("d")) == [
        ["c"],
        ["b"],
        ["a", "d"],
        ["demo-dev"],
    ]


def test_every_kind_of_reference_counts() -> None:
    a = resource("a")
    provider = resource("f", provider="urn:pulumi:dev::demo::pulumi:providers:x::y::id")
    kinds = [
        resource("b", property_dependencies={"x": [urn_of("a")]}),
        resource("c", deleted_with=urn_of("a")),
        resource("d", replace_with=[urn_of("a")]),
        resource("e", provider=f"{urn_of('a')}::id"),
    ]
    assert "urn:pulumi:dev::demo::pulumi:providers:x::y" in list(references(provider))
    assert levels(a, *kinds) == [["b", "c", "d", "e"], ["a"], ["demo-dev"]]
    assert names(depending_on(a, [a, *kinds, provider])) == ["b", "c", "d", "e"]


def test_children_go_before_their_parents() -> None:
    child = resource("child")
    child.parent = urn_of("component")
    assert levels(resource("component"), child) == [["child"], ["component"], ["demo-dev"]]
    component = resource("component")
    assert depending_on(component, [component, child]) == []
    assert depending_on(component, [component, child], children=True) == [child]


def test_who_depends_on_a_component_goes_before_its_children() -> None:
    component = resource("component", custom=False)
    child = resource("child")
    child.parent = component.urn
    user = resource("user", "component")
    late = resource("late")
    late.parent = component.urn
    assert levels(component, child, user, late) == [
        ["user"],
        ["child", "late"],
        ["component"],
        ["demo-dev"],
    ]


def test_dependents_are_found_through_each_other_but_not_through_the_ignored() -> None:
    a, b, c = resource("a"), resource("b", "a"), resource("c", "b")
    assert names(depending_on(a, [a, b, c])) == ["b", "c"]
    assert depending_on(a, [a, b, c], ignored=lambda urn: urn == b.urn) == []


def test_an_old_instance_and_its_replacement_may_share_a_name() -> None:
    old, new = resource("a", delete=True, id="old"), resource("a", id="new")
    user = resource("user", "a")
    assert levels(new, user, old) == [["user"], ["a", "a"], ["demo-dev"]]
