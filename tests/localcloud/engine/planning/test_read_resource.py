from __future__ import annotations

import pytest

from localcloud.engine.api import ProgramFailed, StepError
from localcloud.engine.values.values import Secret
from tests.localcloud.engine.lab import Lab


def exists(lab: Lab, identity: str = "id-1", **values: object) -> None:
    with lab.world.open() as things:
        things[identity] = {"name": "x", "arn": f"arn:{identity}", "count": 0, **values}


GET = "a = Thing('a', opts=Opts(id='id-1'))\nexport('arn', a.arn)"


def test_a_read_resource_is_not_ours(lab: Lab) -> None:
    exists(lab)
    assert lab.preview(GET).outputs == {"arn": "arn:id-1"}
    result = lab.up()
    assert result.outputs == {"arn": "arn:id-1"}
    assert result.changes == {"create": 1, "read": 1}
    assert lab.state("a").external
    state = lab.state_text()
    assert lab.up().changes == {"same": 1, "read": 1}
    assert lab.state_text() == state

    lab.destroy()
    assert lab.world.names() == ["x"]
    assert lab.world.asked("delete") == []


def test_a_change_of_a_read_resource_is_seen(lab: Lab) -> None:
    exists(lab)
    lab.up(GET)
    exists(lab, value="new")
    lab.up(GET + "\nexport('v', a.value)")
    assert lab.state("a").outputs["value"] == "new"


def test_reading_what_is_not_there_is_one_sentence(lab: Lab) -> None:
    with pytest.raises(StepError, match="'a' could not be read: there is none with the id 'id-1'"):
        lab.up(GET)


def test_what_was_read_can_be_taken_over(lab: Lab) -> None:
    exists(lab)
    lab.up(GET)
    result = lab.up("Thing('a', name='mine')")

    assert result.changes == {"same": 1, "replace": 1}
    assert not lab.state("a").external
    assert lab.world.names() == ["mine", "x"]


def test_what_was_ours_can_be_let_go_by_reading_it(lab: Lab) -> None:
    lab.up("Thing('a', name='x')")
    identity = lab.state("a").id
    lab.up(f"Thing('a', opts=Opts(id='{identity}'))")

    assert lab.state("a").external
    assert lab.world.names() == ["x"]


def test_reading_another_one_replaces_what_was_ours(lab: Lab) -> None:
    exists(lab)
    lab.up("Thing('a', name='mine')")
    lab.up(GET)
    assert lab.world.names() == ["x"]


def test_an_id_that_is_unknown_in_a_preview(lab: Lab) -> None:
    program = "a = Thing('a')\nb = Thing('b', opts=Opts(id=a.id))\nexport('arn', b.arn)"
    assert lab.preview(program).outputs == {"arn": None}
    result = lab.up(program)
    assert result.outputs == {"arn": lab.thing("a")["arn"]}


def test_secret_outputs_of_a_read_resource(lab: Lab) -> None:
    exists(lab)
    lab.up("a = Thing('a', opts=Opts(id='id-1', additional_secret_outputs=['arn']))")
    assert lab.state("a").outputs["arn"] == Secret("arn:id-1")


def test_functions_answer_in_previews_too(lab: Lab) -> None:
    program = "export('got', call('fake:index:look', {'say': 'hello'})['echo'])"
    assert lab.preview(program).outputs == {"got": "hello"}
    assert lab.up(program).outputs == {"got": "hello"}


def test_a_failing_function_is_the_programs_to_handle(lab: Lab) -> None:
    result = lab.up("""
        try:
            call("fake:index:look", {"fail": True})
        except Exception as error:
            export("caught", str(error))
        """)
    assert result.outputs == {
        "caught": "invoke of fake:index:look failed: the function was told to fail"
    }


def test_a_failing_function_that_nobody_handles_is_one_sentence(lab: Lab) -> None:
    with pytest.raises(ProgramFailed, match="__main__.py:2: .*the function was told to fail"):
        lab.up('pulumi.runtime.invoke("fake:index:look", {"fail": True})')


def test_a_function_of_secrets_is_secret(lab: Lab) -> None:
    result = lab.up("""
        said = pulumi.runtime.invoke_output("fake:index:look", {"say": Output.secret("hush-hush")})
        export("got", said.apply(lambda s: s["echo"]))
        """)
    assert result.outputs == {"got": "[secret]"}
    assert "hush-hush" not in lab.state_text()


def test_a_function_waits_for_what_it_depends_on(lab: Lab) -> None:
    program = """
        a = Thing("a")
        said = pulumi.runtime.invoke_output("fake:index:look", {"say": "hello"},
            pulumi.InvokeOutputOptions(depends_on=[a]))
        export("got", said.apply(lambda s: s["echo"]))
        """
    assert lab.preview(program).outputs == {"got": None}
    assert lab.up(program).outputs == {"got": "hello"}
    assert lab.preview(program).outputs == {"got": "hello"}
