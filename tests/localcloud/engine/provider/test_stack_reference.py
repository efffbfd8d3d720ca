from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.engine.api import ProgramFailed, StepError
from localcloud.engine.program.programs import Programs
from tests.localcloud.engine.lab import Lab

READ = """
        other = pulumi.StackReference("organization/q/dev")
        export("plain", other.require_output("plain"))
        export("hidden", other.require_output("hidden"))
        export("there", other.get_output("missing").apply(lambda value: value is not None))
        Thing("a", value=other.get_output("hidden"), refs=[other.get_output("plain")])
"""


@pytest.fixture
def upstream(lab: Lab, tmp_path: Path, programs: Programs) -> Lab:
    other = Lab(tmp_path, programs, name="q")
    other.up("export('plain', {'n': 1})\nexport('hidden', Output.secret('hush-hush'))")
    return other


def test_outputs_of_another_stack_are_read_and_stay_secret(lab: Lab, upstream: Lab) -> None:
    for run in (lab.preview, lab.up, lab.up):
        result = run(READ)
        assert result.outputs == {"plain": {"n": 1}, "hidden": "[secret]", "there": False}
        assert "hush-hush" not in repr(lab.events)
    assert result.changes == {"same": 2, "read": 1}
    assert lab.thing("a")["value"] == "hush-hush"
    assert "hush-hush" not in lab.state_text()


def test_a_change_upstream_is_seen(lab: Lab, upstream: Lab) -> None:
    lab.up(READ)
    upstream.up("export('plain', {'n': 2})\nexport('hidden', Output.secret('hush-hush'))")

    result = lab.up()

    assert result.outputs["plain"] == {"n": 2}
    assert lab.thing("a")["refs"] == [{"n": 2}]


def test_a_missing_stack_is_one_sentence(lab: Lab) -> None:
    with pytest.raises(StepError) as failure:
        lab.up("pulumi.StackReference('organization/nowhere/dev')")

    assert "Stack dev of nowhere does not exist" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_missing_required_output_is_named(lab: Lab, upstream: Lab) -> None:
    with pytest.raises(ProgramFailed, match="nothere"):
        lab.up("export('x', pulumi.StackReference('organization/q/dev').require_output('nothere'))")


def test_a_reference_that_is_dropped_leaves_the_state(lab: Lab, upstream: Lab) -> None:
    lab.up(READ)
    result = lab.up("pass")

    assert result.changes == {"same": 1, "delete": 1, "discard": 1}
    assert lab.states() == []
    assert upstream.engine.outputs(upstream.folder, "dev")["plain"] == {"n": 1}


def test_read_stack_outputs_can_be_called_as_a_function(lab: Lab, upstream: Lab) -> None:
    result = lab.up("""
        got = pulumi.runtime.invoke_output(
            "pulumi:pulumi:readStackOutputs", {"name": "organization/q/dev"})
        export("got", got)
        """)

    assert result.outputs == {"got": "[secret]"}


def test_a_function_of_the_package_that_is_not_there_is_named(lab: Lab) -> None:
    with pytest.raises(ProgramFailed, match="pulumi:pulumi:nope is not implemented"):
        lab.up("call('pulumi:pulumi:nope', {})")


def test_other_resources_of_the_package_are_refused(lab: Lab) -> None:
    with pytest.raises(Exception, match="does not implement pulumi:index:Stash"):
        lab.up("Thing('s', type_='pulumi:index:Stash')")


def test_a_resource_passed_as_a_value_can_be_looked_up(lab: Lab) -> None:
    lab.up("""
        a = Thing("a")
        Thing("b", refs=[a])
        """)

    assert lab.thing("b")["refs"] == [lab.state("a").id]
