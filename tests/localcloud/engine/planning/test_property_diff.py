from __future__ import annotations

from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from localcloud.engine.planning.property_diff import (
    INIT_ERROR,
    apply_replace_on_changes,
    changed_keys,
    plain,
    resolve_unknown,
)
from localcloud.engine.provider.responses import Diff
from localcloud.engine.values.values import UNKNOWN, OutputValue, Secret


def test_only_contents_are_compared() -> None:
    assert plain({"a": Secret([OutputValue(1, secret=True)])}) == {"a": [1]}
    assert changed_keys({"a": Secret(1), "b": 1}, {"a": 1, "b": 2, "c": None}) == ["b", "c"]
    assert changed_keys({"a": 1}, {"a": UNKNOWN}) == ["a"]


def test_a_provider_that_does_not_know_leaves_it_to_the_inputs() -> None:
    assert resolve_unknown(Diff(None), {"a": 1}, {"a": 1}, []).changed is False
    diff = resolve_unknown(Diff(None), {"a": 1}, {"a": 2}, [])
    assert (diff.changed, diff.changes) == (True, ["a"])
    assert resolve_unknown(Diff(None), {"a": 1}, {"a": 2}, ["a"]).changed is False
    assert resolve_unknown(Diff(False), {"a": 1}, {"a": 2}, []).changed is False


def test_chosen_changes_replace() -> None:
    diff = Diff(
        True, changes=["a", "b"], detailed={"a.x[0]": PropertyDiff.UPDATE, "b": PropertyDiff.UPDATE}
    )
    apply_replace_on_changes(diff, ["a.x"], init_errors=False)
    assert diff.replaces == ["a"]
    assert diff.detailed == {"a.x[0]": PropertyDiff.UPDATE_REPLACE, "b": PropertyDiff.UPDATE}
    assert diff.needs_replacement()


def test_other_changes_do_not_replace() -> None:
    diff = Diff(True, changes=["b"])
    assert not apply_replace_on_changes(diff, ["a", "b.c"], init_errors=False).needs_replacement()
    assert not apply_replace_on_changes(Diff(False), ["*"], init_errors=False).needs_replacement()


def test_a_resource_that_came_up_halfway_may_be_replaced() -> None:
    assert apply_replace_on_changes(Diff(False), [INIT_ERROR], init_errors=True).needs_replacement()
    assert not apply_replace_on_changes(Diff(False), ["a"], init_errors=True).needs_replacement()


def test_a_detailed_diff_alone_can_ask_for_a_replacement() -> None:
    assert Diff(True, detailed={"a": PropertyDiff.UPDATE_REPLACE}).needs_replacement()
    assert not Diff(True, detailed={"a": PropertyDiff.UPDATE}).needs_replacement()
    assert Diff(True, detailed={"b": 0, "a": 0}).changed_properties() == ("a", "b")
