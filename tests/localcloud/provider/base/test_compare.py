"""What counts as a difference, and how AWS's state is told in the program's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.provider.base.compare import PLAIN, Prop, changed, filled, project, same
from localcloud.provider.base.values import ARCHIVE, SIGNATURE, UNKNOWN


def policy(actions: Any, **more: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": actions, **more}]})


@pytest.mark.parametrize(
    ("prop", "desired", "actual"),
    [
        (PLAIN, "a", "a"),
        (PLAIN, None, ""),
        (PLAIN, None, []),
        (PLAIN, {}, None),
        (PLAIN, 7, 7.0),
        (PLAIN, {"n": 7, "b": True}, {"n": "7", "b": "true"}),
        (PLAIN, {"a": 1, "b": None}, {"a": 1}),
        (Prop(default=30), None, 30),
        (Prop(default=30), 30, None),
        (Prop(default=False), False, None),
        (Prop(computed=True), None, "what AWS chose"),
        (Prop(computed=True), "", "what AWS chose"),
        (Prop(unordered=True), ["a", "b"], ["b", "a"]),
        (Prop(unordered=True), [{"k": ["x", "y"]}, {"k": []}], [{}, {"k": ["y", "x"]}]),
        (Prop(json=True), '{"a": [1, 2]}', {"a": [1, 2]}),
        (Prop(json=True), policy(["s3:Get"]), policy("s3:Get")),
        (Prop(json=True), policy(["a", "b"]), policy(["b", "a"])),
        (Prop(normalize=str.lower), "A.", "a."),
        (Prop(fields={"on": Prop(default=False)}), None, {"on": False}),
        (Prop(fields={"id": Prop(computed=True)}), [{"n": 1}], [{"n": 1, "id": "made"}]),
    ],
)
def test_two_spellings_of_the_same(prop: Prop, desired: Any, actual: Any) -> None:
    assert same(prop, desired, actual)


@pytest.mark.parametrize(
    ("prop", "desired", "actual"),
    [
        (PLAIN, "a", "b"),
        (PLAIN, None, "a"),
        (PLAIN, "a", None),
        (PLAIN, False, None),
        (PLAIN, 0, None),
        (PLAIN, ["a", "b"], ["b", "a"]),
        (PLAIN, {"a": 1}, {"a": 1, "b": 2}),
        (PLAIN, UNKNOWN, "a"),
        (PLAIN, {"a": UNKNOWN}, {"a": 1}),
        (PLAIN, [UNKNOWN], ["a"]),
        (Prop(default=30), None, 31),
        (Prop(computed=True), "mine", "AWS's"),
        (Prop(unordered=True), ["a", "a"], ["a", "b"]),
        (Prop(unordered=True), ["a"], ["a", "a"]),
        (Prop(json=True), '{"a": [1, 2]}', '{"a": [2, 1]}'),
        (Prop(json=True), policy("s3:Get"), policy("s3:Put")),
        (Prop(json=True), policy("s3:Get"), policy("s3:Get", Resource="*")),
        (Prop(json=True), "not json", "neither"),
        (Prop(fields={"on": Prop(default=False)}), None, {"on": True}),
    ],
)
def test_a_real_difference(prop: Prop, desired: Any, actual: Any) -> None:
    assert not same(prop, desired, actual)


def test_an_archive_is_its_hash() -> None:
    one = {SIGNATURE: ARCHIVE, "hash": "1", "path": "a"}
    assert same(PLAIN, one, {SIGNATURE: ARCHIVE, "hash": "1", "path": "b"})
    assert not same(PLAIN, one, {SIGNATURE: ARCHIVE, "hash": "2", "path": "a"})


def test_changed_names_what_was_added_altered_and_taken_out_and_nothing_hidden() -> None:
    olds = {"kept": 1, "altered": 1, "gone": 1, "__defaults": ["a"]}
    news = {"kept": 1, "altered": 2, "added": 1, "__defaults": ["b"]}
    assert changed({}, olds, news) == ["added", "altered", "gone"]


PROPS = {
    "name": Prop(),
    "tier": Prop(default="Standard"),
    "key": Prop(computed=True),
    "policy": Prop(json=True),
    "password": Prop(write_only=True),
    "force": Prop(provider_only=True),
}


def test_projection_keeps_the_programs_words_where_they_still_hold() -> None:
    known = {"name": "n", "policy": '{ "a": 1 }', "password": "x", "force": True, "__token": "t"}
    actual = {"name": "n", "tier": "Standard", "key": "k", "policy": '{"a":1}', "arn": "arn"}
    assert project(PROPS, known, actual) == known


def test_projection_shows_what_was_changed_added_and_removed_by_hand() -> None:
    known = {"name": "n", "policy": '{"a": 1}'}
    assert project(PROPS, known, {"name": "other", "tier": "Advanced"}) == {
        "name": "other",
        "tier": "Advanced",
    }


def test_projection_without_known_inputs_takes_everything_that_an_input_can_say() -> None:
    actual = {"name": "n", "tier": "Standard", "key": "k", "arn": "arn", "policy": ""}
    assert project(PROPS, {}, actual) == {"name": "n", "tier": "Standard", "key": "k"}


FILLED = Prop(fields={"arn": Prop(), "target": Prop(computed=True)})


@pytest.mark.parametrize(
    ("desired", "actual", "expected"),
    [
        ({"arn": "a"}, {"arn": "A", "target": "t"}, {"arn": "a", "target": "t"}),
        ({"arn": "a", "target": "mine"}, {"target": "t"}, {"arn": "a", "target": "mine"}),
        ({"arn": "a"}, UNKNOWN, {"arn": "a", "target": UNKNOWN}),
        ({"arn": "a"}, None, {"arn": "a"}),
        ("text", {"target": "t"}, "text"),
    ],
)
def test_what_aws_fills_in_is_told_within_the_programs_own_words(
    desired: Any, actual: Any, expected: Any
) -> None:
    assert filled(FILLED, desired, actual) == expected
