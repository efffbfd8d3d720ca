from __future__ import annotations

import threading

import pytest

from localcloud.engine.api import (
    Cancelled,
    EngineError,
    StepError,
    StepFailed,
    StepFinished,
    StepStarted,
    Summary,
)
from tests.localcloud.engine.lab import Lab
from tests.patience import until

TWO = """
        a = Thing("a", value="1")
        b = Thing("b", refs=[a.arn])
        export("arn", a.arn)
"""


def test_events_report_each_step_and_end_with_the_summary(lab: Lab) -> None:
    lab.up('Thing("a")')

    kinds = [type(event) for event in lab.events]
    assert kinds == [StepStarted, StepFinished, StepStarted, StepFinished, Summary]
    assert lab.steps == ["create p-dev", "create a"]


def test_a_failed_step_ends_the_run_with_one_sentence_and_keeps_what_was_done(lab: Lab) -> None:
    lab.up('Thing("old")')
    with pytest.raises(StepError) as failure:
        lab.up("""
        a = Thing("a")
        b = Thing("b", fail=["create"], value=a.arn)
        Thing("c", value=b.arn)
        """)

    assert str(failure.value) == (
        "fake:index:Thing 'b' could not be created: create was told to fail"
    )
    assert [e.urn.rsplit("::")[-1] for e in lab.events if isinstance(e, StepFailed)] == ["b"]
    assert lab.states() == ["a", "old"]  # nothing is deleted after a failure
    assert lab.snapshot().pending_operations == []
    assert isinstance(lab.events[-1], Summary)


def test_the_next_run_finishes_what_a_failed_one_began(lab: Lab) -> None:
    with pytest.raises(StepError):
        lab.up('a = Thing("a")\nThing("b", fail=["create"], value=a.arn)')

    result = lab.up('a = Thing("a")\nThing("b", value=a.arn)')

    assert result.changes == {"same": 2, "create": 1}
    assert len(lab.world.names()) == 2


def test_a_failure_lets_steps_in_flight_finish(lab: Lab) -> None:
    with pytest.raises(StepError):
        lab.up("""
        Thing("slow", after="create bad")
        a = Thing("a", after="create slow")
        Thing("bad", fail=["create"], value=a.arn)
        """)

    assert sorted(lab.states()) == ["a", "slow"]


def test_cancelling_finishes_what_is_in_flight_and_begins_nothing_new(lab: Lab) -> None:
    lab.write("""
        a = Thing("a", after="cancelled")
        Thing("b", value=a.arn)
        """)

    def cancel() -> None:
        until(lambda: lab.world.asked("create a"), "a is in flight")
        lab.cancel.set()
        lab.world.log("cancelled")

    threading.Thread(target=cancel).start()
    with pytest.raises(Cancelled):
        lab.engine.up(lab.folder, "dev", cancel=lab.cancel)

    assert lab.states() == ["a"]
    assert lab.snapshot().pending_operations == []


def test_after_a_failure_old_outputs_stay(lab: Lab) -> None:
    lab.up('export("x", 1)\nexport("y", Thing("a").arn)')
    with pytest.raises(EngineError):
        lab.up('export("x", 2)\nexport("z", 3)\nThing("b", fail=["create"])')

    outputs = lab.engine.outputs(lab.folder, "dev")
    assert set(outputs) >= {"x", "y"}


def test_history_keeps_what_runs_did(lab: Lab) -> None:
    lab.up(TWO, message="first")
    with pytest.raises(StepError):
        lab.up('Thing("x", fail=["create"])')

    latest, first = lab.backend.open("p", "dev").history()
    assert (latest.result, latest.kind) == ("failed", "update")
    assert (first.result, first.message, first.changes) == ("succeeded", "first", {"create": 3})
