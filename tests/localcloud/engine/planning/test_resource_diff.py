from __future__ import annotations

from tests.localcloud.engine.lab import Lab


def test_hidden_diffs_are_not_shown(lab: Lab) -> None:
    program = 'Thing("a", value="{0}", note="{0}", opts=Opts(hide_diffs=["value"]))'
    lab.up(program.format(1))
    lab.up(program.format(2))
    assert lab.diffs == {"a": ("note",)}


def test_replace_on_changes(lab: Lab) -> None:
    program = 'Thing("a", value="{}", refs=[1], opts=Opts(replace_on_changes=["value"]))'
    lab.up(program.format(1))
    assert lab.up(program.format(2)).changes == {"same": 1, "replace": 1}


def test_replace_on_changes_of_everything(lab: Lab) -> None:
    program = 'Thing("a", value="{}", opts=Opts(replace_on_changes=["*"]))'
    lab.up(program.format(1))
    assert lab.up(program.format(2)).changes == {"same": 1, "replace": 1}


def test_a_replacement_trigger_replaces(lab: Lab) -> None:
    program = 'Thing("a", opts=Opts(replacement_trigger="{}"))'
    lab.up(program.format(1))
    assert lab.up(program.format(1)).changes == {"same": 2}
    assert lab.up(program.format(2)).changes == {"same": 1, "replace": 1}
    assert lab.up(program.format(2)).changes == {"same": 2}


def test_replace_with_goes_along(lab: Lab) -> None:
    program = 'a = Thing("a", name="{}")\nThing("b", opts=Opts(replace_with=[a]))'
    lab.up(program.format("x"))
    assert lab.up(program.format("y")).changes == {"same": 1, "replace": 2}
