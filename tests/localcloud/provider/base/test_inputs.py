"""The program's inputs, completed and checked."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.provider.base.inputs import check
from localcloud.provider.base.resource import Props, ResourceType
from localcloud.provider.base.values import UNKNOWN
from localcloud.provider.services.kms import Key
from tests.localcloud.provider.shelf import Shelf


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def checked(kind: ResourceType, news: Props, olds: Props | None = None, **tags: str) -> Props:
    inputs, failures = check(kind, "it", news, olds or {}, seed=b"1", default_tags=tags)
    assert not failures
    return inputs


def test_an_input_that_is_not_implemented_is_refused_by_name(shelf: Shelf) -> None:
    _, failures = check(shelf, "it", {"weight": 1}, {}, seed=b"", default_tags={})
    assert failures[0][0] == "weight"
    assert "does not implement weight of aws:test/shelf:Shelf" in failures[0][1]


def test_checked_again_the_inputs_stay_as_they_are(shelf: Shelf) -> None:
    first = checked(shelf, {"size": 2})
    assert checked(shelf, {"size": 2}, olds=first) == first


def test_an_untagged_type_takes_no_tags(shelf: Shelf) -> None:
    _, failures = check(shelf, "it", {"tags": {}}, {}, seed=b"", default_tags={"a": "1"})
    assert [name for name, _ in failures] == ["tags"]


def test_default_tags_are_merged_under_the_programs_own() -> None:
    inputs = checked(Key(), {"tags": {"a": "mine"}}, a="1", b="2")
    assert inputs["tags"] == {"a": "mine"}
    assert inputs["tagsAll"] == {"a": "mine", "b": "2"}


def test_tags_that_are_not_known_yet_leave_all_tags_unknown() -> None:
    assert checked(Key(), {"tags": UNKNOWN}, a="1")["tagsAll"] is UNKNOWN


def test_a_creation_token_is_made_once() -> None:
    first = checked(Key(), {})
    again, _ = check(Key(), "it", {}, first, seed=b"another", default_tags={})
    assert len(first["__token"]) == 32
    assert again == first


@pytest.mark.parametrize("window", [6, 31])
def test_a_type_finds_wrong_values_itself(window: Any) -> None:
    news = {"deletionWindowInDays": window}
    _, failures = check(Key(), "it", news, {}, seed=b"", default_tags={})
    assert failures == [("deletionWindowInDays", "must be 7 to 30 days")]


def test_what_a_type_needs_is_asked_for_by_name() -> None:
    from localcloud.provider.services.ssm import Parameter

    _, failures = check(Parameter(), "it", {"value": "x"}, {}, seed=b"", default_tags={})
    assert failures == [("type", "aws:ssm/parameter:Parameter needs type")]
