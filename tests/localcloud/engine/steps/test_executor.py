from __future__ import annotations

import pytest

from localcloud.engine.api import StepError
from tests.localcloud.engine.lab import Lab

TWO = """
        a = Thing("a", value="1")
        b = Thing("b", refs=[a.arn])
        export("arn", a.arn)
"""


def test_a_changed_input_is_updated_in_place(lab: Lab) -> None:
    lab.up(TWO)
    identity = lab.state("a").id

    result = lab.up(TWO.replace('value="1"', 'value="2"'))

    assert result.changes == {"update": 1, "same": 2}
    assert lab.diffs == {"a": ("value",)}
    assert lab.state("a").id == identity
    assert lab.thing("a")["value"] == "2"
    assert lab.state("a").outputs["count"] == 1


def test_a_failed_deletion_keeps_the_resource_and_what_it_needs(lab: Lab) -> None:
    lab.up('a = Thing("a")\nThing("b", fail=["delete"], refs=[a.arn])')

    with pytest.raises(StepError, match="'b' could not be deleted: delete was told to fail"):
        lab.destroy()

    assert lab.states() == ["a", "b"]
    assert lab.snapshot().pending_operations == []


def test_a_resource_that_came_up_halfway_is_kept_and_finished_by_the_next_run(lab: Lab) -> None:
    with pytest.raises(StepError, match="it did not come up"):
        lab.up('Thing("a", partial=True, value=pulumi.Output.secret("hush-hush"))')
    assert lab.state("a").init_errors == ["it did not come up"]
    assert "hush-hush" not in lab.state_text()

    result = lab.up('Thing("a", value=pulumi.Output.secret("hush-hush"))')

    assert result.changes == {"same": 1, "update": 1}
    assert lab.state("a").init_errors == []
    assert len(lab.world.names()) == 1


def test_a_resource_that_came_up_halfway_is_finished_though_no_input_differs(lab: Lab) -> None:
    program = 'Thing("a", partial=True)'
    with pytest.raises(StepError, match="it did not come up"):
        lab.up(program)

    assert lab.up(program).changes == {"same": 1, "update": 1}
    assert lab.state("a").init_errors == []
    assert lab.up(program).changes == {"same": 2}
