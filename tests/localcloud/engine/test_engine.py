from __future__ import annotations

import pytest

from localcloud.engine.api import StackInUse, StackLocked, StackNotFound
from tests.localcloud.engine.lab import Lab

TWO = """
        a = Thing("a", value="1")
        b = Thing("b", refs=[a.arn])
        export("arn", a.arn)
"""


def test_up_makes_what_the_program_says_and_gives_its_outputs(lab: Lab) -> None:
    result = lab.up(TWO)

    assert result.changes == {"create": 3}
    assert result.outputs == {"arn": lab.thing("a")["arn"]}
    assert lab.thing("b")["refs"] == [lab.thing("a")["arn"]]
    assert lab.engine.outputs(lab.folder, "dev") == result.outputs


def test_a_second_up_changes_nothing_and_asks_the_provider_for_nothing_but_diffs(lab: Lab) -> None:
    lab.up(TWO)
    before = lab.state_text()

    result = lab.up()

    assert result.changes == {"same": 3}
    assert [line.split()[0] for line in lab.world.asked()] == ["diff", "diff"]
    assert lab.state_text() == before


def test_what_the_program_drops_is_deleted_dependents_first(lab: Lab) -> None:
    lab.up(TWO)

    result = lab.up("pass")

    assert result.changes == {"same": 1, "delete": 2}
    assert lab.world.asked("delete") == ["delete b", "delete a"]
    assert lab.world.names() == []
    assert lab.states() == []
    assert lab.engine.outputs(lab.folder, "dev") == {}


def test_destroy_leaves_an_empty_stack_and_can_be_repeated(lab: Lab) -> None:
    lab.up(TWO)

    assert lab.destroy().changes == {"delete": 3}
    assert lab.world.asked("delete") == ["delete b", "delete a"]
    assert lab.snapshot().resources == []
    assert lab.destroy().changes == {}


def test_destroy_runs_no_program(lab: Lab) -> None:
    lab.up(TWO)
    lab.write("raise SystemExit(3)")

    lab.destroy()

    assert lab.world.names() == []


def test_destroying_a_stack_that_never_was_is_fine(lab: Lab) -> None:
    assert lab.destroy().changes == {}
    assert not lab.backend.open("p", "dev").exists()


def test_remove_forgets_an_empty_stack_only(lab: Lab) -> None:
    lab.up(TWO)
    with pytest.raises(StackInUse):
        lab.engine.remove(lab.folder, "dev")

    lab.destroy()
    lab.engine.remove(lab.folder, "dev")

    assert not lab.backend.open("p", "dev").exists()


def test_preview_changes_nothing_at_all(lab: Lab) -> None:
    result = lab.preview(TWO)

    assert result.changes == {"create": 3}
    assert result.outputs == {"arn": None}
    assert lab.world.asked("create") == []
    assert not lab.backend.open("p", "dev").exists()


def test_preview_of_changes_says_what_up_then_does(lab: Lab) -> None:
    lab.up(TWO + '\n        Thing("c")')
    changed = TWO.replace('value="1"', 'value="2"') + '\n        Thing("d")'

    foreseen = lab.preview(changed).changes
    state = lab.state_text()
    assert lab.world.asked("update") == []
    done = lab.up().changes

    assert foreseen == done == {"update": 1, "same": 2, "create": 1, "delete": 1}
    assert state != lab.state_text()


def test_a_preview_looks_on_while_another_run_is_at_work(lab: Lab) -> None:
    lab.up(TWO)
    with lab.backend.open("p", "dev").lock():
        assert lab.preview().changes == {"same": 3}


def test_two_runs_at_once_are_refused(lab: Lab) -> None:
    with lab.backend.open("p", "dev").lock(), pytest.raises(StackLocked):
        lab.up("pass")


def test_refresh_of_a_missing_stack_is_refused(lab: Lab) -> None:
    with pytest.raises(StackNotFound, match="Stack dev of p does not exist"):
        lab.refresh()


def test_secret_outputs_are_redacted_unless_asked_for(lab: Lab) -> None:
    lab.up("export('pw', Output.secret('hush-hush'))\nexport('open', {'a': [1]})")

    assert lab.engine.outputs(lab.folder, "dev") == {"pw": "[secret]", "open": {"a": [1]}}
    shown = lab.engine.outputs(lab.folder, "dev", show_secrets=True)
    assert shown["pw"] == "hush-hush"
