"""What a run keeps to itself and what it passes on: configuration, secrets, unknowns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from localcloud.engine.api import ProgramFailed, StepError
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.lab import Lab

SECRET = "correct-battery-staple"


def artefacts(lab: Lab) -> str:
    """Everything that a run leaves or says."""
    files = [path for path in lab.root.rglob("*") if path.is_file()]
    own = [p for p in files if not p.name.startswith(("world", "__main__"))]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in own]
    return "\n".join([*texts, repr(lab.events)])


def test_configuration_reaches_the_program(lab: Lab) -> None:
    lab.configure("p:colour", "blue")
    lab.configure("p:many", {"a": [1, 2]})
    lab.configure("p:password", SECRET, secret=True)

    result = lab.up("""
        config = pulumi.Config()
        export("colour", config.require("colour"))
        export("many", config.require_object("many"))
        export("password", config.require_secret("password"))
        export("stack", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
        """)

    assert result.outputs == {
        "colour": "blue",
        "many": {"a": [1, 2]},
        "password": "[secret]",
        "stack": ["p", "dev", "organization"],
    }


def test_a_value_that_the_program_itself_requires_is_named(lab: Lab) -> None:
    with pytest.raises(ProgramFailed, match="Missing required configuration variable 'p:size'"):
        lab.up("pulumi.Config().require('size')")


def test_secret_inputs_are_secret_outputs_on_every_path(lab: Lab) -> None:
    """The provider gets them in the open and says nothing of secrets; the engine remembers."""
    lab.configure("p:password", SECRET, secret=True)
    program = """
        a = Thing("a", value=pulumi.Config().require_secret("password"), name="a")
        export("value", a.value)
        """
    lab.write(program)
    for run in (lab.up, lab.up, lab.preview, lab.refresh):
        run()
        assert lab.thing("a")["value"] == SECRET
        assert lab.state("a").outputs["value"] == Secret(SECRET)
        assert lab.state("a").inputs["value"] == Secret(SECRET)
        assert SECRET not in artefacts(lab)
    assert lab.engine.outputs(lab.folder, "dev") == {"value": "[secret]"}


def test_secrets_inside_of_inputs_are_kept(lab: Lab) -> None:
    lab.up(f"Thing('a', refs={{'open': 1, 'deep': [Output.secret('{SECRET}')]}})")

    assert lab.state("a").inputs["refs"]["deep"] == Secret([SECRET])
    assert lab.state("a").outputs["refs"] == {"open": 1, "deep": Secret([SECRET])}
    assert SECRET not in artefacts(lab)


def test_secrets_that_pass_through_other_resources_stay_secret(lab: Lab) -> None:
    result = lab.up(f"""
        a = Thing("a", value=Output.secret("{SECRET}"))
        b = Thing("b", value=a.value.apply(lambda v: v + "!"))
        export("b", b.value)
        """)

    assert result.outputs == {"b": "[secret]"}
    assert lab.thing("b")["value"] == SECRET + "!"
    assert SECRET not in artefacts(lab)


def test_additional_secret_outputs_are_marked(lab: Lab) -> None:
    program = "a = Thing('a', opts=Opts(additional_secret_outputs=['arn']))\nexport('x', a.arn)"
    for _ in range(2):
        assert lab.up(program).outputs == {"x": "[secret]"}
    assert isinstance(lab.state("a").outputs["arn"], Secret)


def test_secrets_are_blinded_in_what_a_program_says(lab: Lab) -> None:
    lab.configure("p:password", SECRET, secret=True)

    lab.up("print('it is', pulumi.Config().require('password'))")

    assert lab.messages("info") == ["it is [secret]"]


def test_secrets_are_blinded_in_errors(lab: Lab) -> None:
    lab.configure("p:password", SECRET, secret=True)

    with pytest.raises(ProgramFailed) as failure:
        lab.up("raise ValueError(pulumi.Config().require('password'))")
    assert "[secret]" in str(failure.value)

    lab.up("Thing('a', name=pulumi.Config().require('password'))")
    with pytest.raises(StepError) as failed:
        lab.up("for name in 'ab': Thing(name, name=pulumi.Config().require('password'))")
    assert str(failed.value).endswith("[secret] exists already")
    assert SECRET not in repr(lab.events)


def test_secrets_are_not_in_arguments_or_environment_of_the_program(lab: Lab) -> None:
    lab.configure("p:password", SECRET, secret=True)

    result = lab.up("""
        import os, sys
        secret = pulumi.Config().require("password")
        export("argv", secret in " ".join(sys.argv))
        export("environ", secret in str(dict(os.environ)))
        """)

    assert result.outputs == {"argv": False, "environ": False}


def test_unknowns_reach_neither_outputs_nor_applies(lab: Lab) -> None:
    result = lab.preview("""
        a = Thing("a", value="known")
        b = Thing("b", value=a.arn, refs=[a.value, a.arn])
        a.arn.apply(lambda arn: print("APPLIED", arn))
        export("known", a.value)
        export("unknown", b.value)
        export("id", b.id)
        """)

    assert result.changes == {"create": 3}
    assert result.outputs == {"known": "known", "unknown": None, "id": None}
    assert lab.messages("info") == []


def test_a_preview_knows_what_an_update_cannot_change(lab: Lab) -> None:
    lab.up('a = Thing("a", value="1")\nexport("arn", a.arn)\nexport("count", a.count)')

    result = lab.preview(
        'a = Thing("a", value="2")\nexport("arn", a.arn)\nexport("count", a.count)'
    )

    assert result.outputs == {"arn": lab.state("a").outputs["arn"], "count": None}


def test_stack_outputs_keep_their_shape(lab: Lab) -> None:
    result = lab.up("export('x', {'n': 1.5, 'i': 3, 't': True, 'l': [], 'm': {}, 's': 'é\\n'})")

    assert result.outputs == {"x": {"n": 1.5, "i": 3, "t": True, "l": [], "m": {}, "s": "é\n"}}
    assert isinstance(lab.snapshot().stack_outputs()["x"]["i"], int)


def test_component_outputs_are_recorded(lab: Lab) -> None:
    program = """
        group = Group("g")
        a = Thing("a", opts=Opts(parent=group))
        group.register_outputs({"arn": a.arn, "pw": Output.secret("hush-hush")})
        """
    lab.up(program)
    state = lab.state("g")
    assert state.outputs == {"arn": lab.thing("a")["arn"], "pw": Secret("hush-hush")}
    assert lab.state("a").parent == state.urn
    assert lab.state("a").urn == "urn:pulumi:dev::p::test:index:Group$fake:index:Thing::a"

    assert lab.up(program).changes == {"same": 3}
    assert lab.state("g").outputs == state.outputs


def test_the_source_position_is_recorded_relative_to_the_project(lab: Lab) -> None:
    lab.up('\nThing("a")')

    assert re.fullmatch(r"project:///__main__.py#\d+", lab.state("a").source_position)


def test_state_is_written_as_the_cli_expects_it(lab: Lab) -> None:
    lab.up("""
        a = Thing("a", value="1")
        Thing("b", value=a.arn, opts=Opts(depends_on=[a], protect=True,
              custom_timeouts=pulumi.CustomTimeouts(create="1h30m")))
        """)

    resources = {
        r["urn"].rsplit("::")[-1]: r for r in lab.document()["checkpoint"]["latest"]["resources"]
    }
    a, b = resources["a"], resources["b"]
    assert list(resources) == ["p-dev", "default", "a", "b"]
    assert a["provider"] == f"{resources['default']['urn']}::{resources['default']['id']}"
    assert a["propertyDependencies"] == {"value": []}
    assert b["propertyDependencies"] == {"value": [a["urn"]]}
    assert b["dependencies"] == [a["urn"]]
    assert b["protect"] is True
    assert b["customTimeouts"] == {"create": 5400}
    assert a["parent"] == resources["p-dev"]["urn"]
    assert resources["default"].get("inputs", {}) == {}
    assert {"created", "modified"} <= a.keys()


def test_runs_leave_no_sockets_or_journals(lab: Lab) -> None:
    lab.up('Thing("a")')

    left = [p for p in lab.root.rglob("*") if p.suffix == ".jsonl" or "locks" in p.parts]
    assert [path for path in left if path.is_file()] == []
    assert Path(lab.backend.open("p", "dev").path).exists()
