from __future__ import annotations

import pytest

from localcloud.engine.api import (
    BadRegistration,
    EngineError,
    InputsRefused,
)
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.lab import Lab

# --- inputs --------------------------------------------------------------------------------------


def test_refused_inputs_name_the_resource_and_the_property(lab: Lab) -> None:
    with pytest.raises(InputsRefused) as failure:
        lab.up('Thing("a", fail=["check"])')

    assert str(failure.value) == ("fake:index:Thing 'a' has inputs that are refused: fail: told to")


def test_a_refusal_shows_no_secret_of_the_inputs(lab: Lab) -> None:
    """They are not in any state yet: the planner must have heard of them before it asks."""
    with pytest.raises(InputsRefused) as failure:
        lab.up('Thing("a", fail=["check"], value=Output.secret("hush-hush"))')
    assert str(failure.value).endswith("fail: told to by [secret]")


def test_names_stay_over_updates(lab: Lab) -> None:
    lab.up('Thing("a", value="1")')
    name = lab.thing("a")["name"]
    lab.up('Thing("a", value="2")')
    assert lab.thing("a")["name"] == name


@pytest.mark.parametrize(
    ("path", "before", "after", "kept"),
    [
        ("value", "'1'", "'2'", "1"),
        ("refs.a", "{'a': 1, 'b': 1}", "{'a': 2, 'b': 1}", {"a": 1, "b": 1}),
        ("refs['a']", "{'a': 1}", "{'a': 2}", {"a": 2}),
        ('refs["a"]', "{'a': 1}", "{'a': 2}", {"a": 1}),
        ("refs[0]", "[1, 2]", "[3, 2]", [1, 2]),
        ("refs[*].x", "[{'x': 1}, {'x': 2}]", "[{'x': 3}, {'x': 4}]", [{"x": 1}, {"x": 2}]),
        ("*", "'1'", "'2'", "1"),
    ],
)
def test_ignore_changes(lab: Lab, path: str, before: str, after: str, kept: object) -> None:
    key = "value" if path in ("value", "*") else "refs"
    lab.up(f'Thing("a", {key}={before})')

    lab.up(f"Thing('a', {key}={after}, opts=Opts(ignore_changes=['''{path}''']))")

    assert lab.thing("a")[key] == kept


def test_ignored_changes_keep_secrets_secret(lab: Lab) -> None:
    lab.up('Thing("a", value=Output.secret("hush-hush"))')
    lab.up('Thing("a", value="open", opts=Opts(ignore_changes=["value"]))')

    assert lab.state("a").inputs["value"] == Secret("hush-hush")
    assert "hush-hush" not in lab.state_text()


# --- options -------------------------------------------------------------------------------------


def test_options_alone_change_the_state_but_not_the_thing(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b")')
    result = lab.up("""
        a = Thing("a")
        Thing("b", opts=Opts(depends_on=[a], protect=True, retain_on_delete=True,
              custom_timeouts=pulumi.CustomTimeouts(delete="30s")))
        """)

    assert result.changes == {"same": 3}
    state = lab.state("b")
    assert state.dependencies == [lab.state("a").urn]
    assert (state.protect, state.retain_on_delete) == (True, True)
    assert state.custom_timeouts == {"delete": 30}


def test_protection_is_inherited(lab: Lab) -> None:
    lab.up('g = Group("g", opts=Opts(protect=True))\nThing("a", opts=Opts(parent=g))')
    assert lab.state("a").protect


def test_a_protected_resource_is_not_deleted_and_nothing_else_is(lab: Lab) -> None:
    lab.up('a = Thing("a", opts=Opts(protect=True))\nThing("b", value=a.arn)\nThing("c")')

    lab.write("pass")
    for attempt in (lab.up, lab.destroy, lab.preview):
        with pytest.raises(EngineError, match="'a' cannot be deleted because of the option"):
            attempt()
        assert len(lab.world.names()) == 3


def test_a_retained_resource_leaves_the_state_only(lab: Lab) -> None:
    lab.up('Thing("a", name="x", opts=Opts(retain_on_delete=True))')

    assert lab.destroy().changes == {"delete": 2}
    assert lab.world.names() == ["x"]
    assert lab.world.asked("delete") == []


def test_deleted_with_leaves_the_deletion_to_the_other(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b", opts=Opts(deleted_with=a))')

    assert lab.destroy().changes == {"delete": 3}
    assert lab.world.asked("delete") == ["delete a"]


def test_deleted_with_deletes_when_the_other_stays(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b", opts=Opts(deleted_with=a))')
    lab.up('Thing("a")')
    assert lab.world.asked("delete") == ["delete b"]


def test_deleted_with_is_replaced_along(lab: Lab) -> None:
    program = 'a = Thing("a", size={})\nThing("b", opts=Opts(deleted_with=a))'
    lab.up(program.format(1))
    assert lab.up(program.format(2)).changes == {"same": 1, "replace": 2}
    assert lab.world.asked("delete") == ["delete a"]


def test_a_bad_timeout_is_refused(lab: Lab) -> None:
    with pytest.raises(BadRegistration, match="'soon', which is no duration"):
        lab.up("Thing('a', opts=Opts(custom_timeouts=pulumi.CustomTimeouts(create='soon')))")


def test_a_bad_type_token_is_refused(lab: Lab) -> None:
    with pytest.raises(BadRegistration, match="'fake' is not a type token"):
        lab.up("Thing('a', type_='fake')")


# --- components ----------------------------------------------------------------------------------


def test_component_inputs_are_updated_without_a_provider(lab: Lab) -> None:
    lab.up('Group("g", size=1)')
    assert lab.up('Group("g", size=2)').changes == {"same": 1, "update": 1}
    assert lab.up('Group("g", size=2)').changes == {"same": 2}


def test_depending_on_a_component_means_its_children(lab: Lab) -> None:
    program = """
        g = Group("g")
        a = Thing("a", slow=0.3, opts=Opts(parent=g))
        g.register_outputs({})
        Thing("b", opts=Opts(depends_on=[g]))
        """
    lab.up(program)
    assert lab.world.asked("create ") == ["create a", "create b"]
    lab.destroy()
    assert lab.world.asked("delete ") == ["delete b", "delete a"]


def test_a_registration_keeps_what_only_a_newer_cli_knows_and_drops_its_hooks(lab: Lab) -> None:
    lab.up('Thing("a", value="1")')
    handle = lab.backend.open("p", "dev")
    with handle.lock(), handle.journal(snapshot := handle.load()) as journal:
        state = next(s for s in snapshot.resources if s.urn.endswith("::a"))
        state.extra = {"refreshBeforeUpdate": True, "fromTheFuture": {"x": 1}}
        state.resource_hooks = {"beforeDelete": ["hook"]}
        journal.change(put=state)

    for value in ("1", "2"):  # the same, then an update
        lab.up(f'Thing("a", value="{value}")')
        resources = lab.document()["checkpoint"]["latest"]["resources"]
        [thing] = [r for r in resources if r["urn"].endswith("::a")]
        assert (thing["refreshBeforeUpdate"], thing["fromTheFuture"]) == (True, {"x": 1})
        assert "resourceHooks" not in thing
