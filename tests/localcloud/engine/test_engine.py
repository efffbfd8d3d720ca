from __future__ import annotations

import threading
import time

import pytest

from localcloud.engine import (
    Cancelled,
    EngineError,
    FileBackend,
    ProgramFailed,
    ProjectInvalid,
    StackInUse,
    StackLocked,
    StackNotFound,
    StepError,
    StepFailed,
    StepFinished,
    StepStarted,
    Summary,
    WrongPassphrase,
)
from localcloud.engine.engine import Engine
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


def test_a_changed_input_is_updated_in_place(lab: Lab) -> None:
    lab.up(TWO)
    identity = lab.state("a").id

    result = lab.up(TWO.replace('value="1"', 'value="2"'))

    assert result.changes == {"update": 1, "same": 2}
    assert lab.diffs == {"a": ("value",)}
    assert lab.state("a").id == identity
    assert lab.thing("a")["value"] == "2"
    assert lab.state("a").outputs["count"] == 1


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


def test_events_tell_each_step_and_end_with_the_summary(lab: Lab) -> None:
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
        Thing("slow", slow=0.6)
        a = Thing("a", slow=0.2)
        Thing("bad", fail=["create"], value=a.arn)
        """)

    assert sorted(lab.states()) == ["a", "slow"]


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


def test_cancelling_finishes_what_is_in_flight_and_begins_nothing_new(lab: Lab) -> None:
    lab.write("""
        a = Thing("a", slow=0.8)
        Thing("b", value=a.arn)
        """)
    threading.Timer(0.5, lab.cancel.set).start()
    begun = time.monotonic()

    with pytest.raises(Cancelled):
        lab.engine.up(lab.folder, "dev", cancel=lab.cancel)

    assert time.monotonic() - begun < 5
    assert lab.states() == ["a"]
    assert lab.snapshot().pending_operations == []


def test_cancelling_ends_a_program_that_does_not_listen(lab: Lab) -> None:
    lab.write("import time\ntime.sleep(60)")
    threading.Timer(0.3, lab.cancel.set).start()
    begun = time.monotonic()

    with pytest.raises(Cancelled):
        lab.engine.up(lab.folder, "dev", cancel=lab.cancel)

    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("x = {}\nx['no']", "The program of p failed at __main__.py:3: KeyError: 'no'"),
        ("def f(:", "The program of p failed at __main__.py:2: SyntaxError: invalid syntax"),
        ("import nothere", "No module named 'nothere'"),
        ("raise SystemExit(3)", "The program of p failed: the program exited with 3"),
        ("raise pulumi.RunError('give me a region')", "give me a region"),
        ("import os\nos._exit(7)", "The program of p was ended from outside."),
        ("export('x', Thing('a').arn.apply(lambda arn: arn.nope))", "has no attribute 'nope'"),
    ],
)
def test_a_broken_program_is_one_sentence(lab: Lab, program: str, sentence: str) -> None:
    with pytest.raises(ProgramFailed) as failure:
        lab.up(program)

    assert sentence in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_broken_program_shows_its_own_frames_only(lab: Lab) -> None:
    with pytest.raises(ProgramFailed):
        lab.up("def f():\n    raise ValueError('wrong')\nf()")

    (shown,) = lab.said("error")
    assert "__main__.py" in shown
    assert "program_host" not in shown
    assert "site-packages" not in shown


def test_a_broken_program_deletes_nothing(lab: Lab) -> None:
    lab.up('Thing("a")')

    with pytest.raises(ProgramFailed):
        lab.up("raise ValueError('wrong')")

    assert len(lab.world.names()) == 1


def test_a_program_may_exit_by_itself(lab: Lab) -> None:
    assert lab.up('Thing("a")\nraise SystemExit(0)').changes == {"create": 2}


def test_what_a_program_prints_and_logs_becomes_diagnostics(lab: Lab) -> None:
    lab.up("""
        import sys
        print("to stdout")
        print("to stderr", file=sys.stderr)
        pulumi.log.info("an info")
        pulumi.log.warn("a warning")
        pulumi.log.debug("a debug line")
        """)

    assert sorted(lab.said("info")) == ["an info", "to stdout"]
    assert sorted(lab.said("warning")) == ["a warning", "to stderr"]
    assert lab.said("debug") == []


def test_a_program_imports_its_siblings_and_stands_in_its_folder(lab: Lab) -> None:
    (lab.folder / "sibling.py").write_text("NAME = 'sib'\n")
    result = lab.up("import os, sibling\nexport('x', [sibling.NAME, os.getcwd()])")

    assert result.outputs == {"x": ["sib", str(lab.folder)]}


def test_a_program_sees_nothing_of_the_engine(lab: Lab) -> None:
    result = lab.up("""
        import sys
        export("engine", [name for name in sys.modules if "localcloud" in name])
        export("paths", [path for path in sys.path if path.endswith("localcloud/engine")])
        """)

    assert result.outputs == {"engine": [], "paths": []}


def test_main_may_name_another_folder(lab: Lab) -> None:
    (lab.folder / "Pulumi.yaml").write_text("name: p\nruntime: python\nmain: src\n")
    (lab.folder / "src").mkdir()
    (lab.folder / "src" / "__main__.py").write_text("import pulumi\npulumi.export('x', 1)\n")

    assert lab.up().outputs == {"x": 1}


def test_another_runtime_is_refused(lab: Lab) -> None:
    (lab.folder / "Pulumi.yaml").write_text("name: p\nruntime: go\n")

    with pytest.raises(ProjectInvalid, match="runs python only"):
        lab.up()


def test_two_runs_at_once_are_refused(lab: Lab) -> None:
    with lab.backend.open("p", "dev").lock(), pytest.raises(StackLocked):
        lab.up("pass")


def test_refresh_of_a_missing_stack_is_refused(lab: Lab) -> None:
    with pytest.raises(StackNotFound, match="Stack dev of p does not exist"):
        lab.refresh()


def test_a_wrong_passphrase_is_one_sentence(lab: Lab) -> None:
    lab.up(TWO)
    engine = Engine(FileBackend(lab.backend.url, "wrong"), {}, programs=lab.programs)

    with pytest.raises(WrongPassphrase):
        engine.up(lab.folder, "dev")


def test_outputs_are_covered_unless_asked_for(lab: Lab) -> None:
    lab.up("export('pw', Output.secret('hush-hush'))\nexport('open', {'a': [1]})")

    assert lab.engine.outputs(lab.folder, "dev") == {"pw": "[secret]", "open": {"a": [1]}}
    shown = lab.engine.outputs(lab.folder, "dev", show_secrets=True)
    assert shown["pw"] == "hush-hush"


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
