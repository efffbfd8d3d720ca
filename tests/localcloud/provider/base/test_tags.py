"""Tags: merged, told apart, and put into each service's dialect."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.tags import (
    TOKEN_TAG,
    TagCalls,
    by_id,
    merge,
    own,
    pairs,
    sent,
    visible,
)
from localcloud.provider.base.values import UNKNOWN


class Recorder:
    """Stands in for a client: remembers the calls and answers them all alike."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer, self.calls = answer, list[tuple[str, dict[str, Any]]]()

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append((name, arguments))
            return self.answer

        return call


def test_own_tags_override_default_ones() -> None:
    assert merge({"a": "1", "b": "1"}, {"b": "2"}) == {"a": "1", "b": "2"}
    assert merge({"a": "1"}, None) == {"a": "1"}
    assert merge({"a": "1"}, UNKNOWN) is UNKNOWN


def test_the_token_is_written_and_never_shown() -> None:
    written = sent({"tagsAll": {"a": "1"}, "__token": "t"})
    assert written == {"a": "1", TOKEN_TAG: "t"}
    assert visible({**written, "aws:cloudformation:stack-id": "x"}) == {"a": "1"}
    assert sent({}) == {}


def test_default_tags_are_not_the_resources_own_even_while_they_change() -> None:
    known = {"tags": {"mine": "1"}, "tagsAll": {"mine": "1", "Env": "old"}}
    actual = {"mine": "2", "Env": "old", "Owner": "new", "by-hand": "x"}
    assert own(actual, known, {"Owner": "new"}) == {"mine": "2", "by-hand": "x"}


def test_a_default_tag_that_the_resource_repeats_is_its_own() -> None:
    assert own({"Env": "x"}, {"tags": {"Env": "x"}}, {"Env": "x"}) == {"Env": "x"}


def test_a_list_dialect() -> None:
    dialect = TagCalls(read_call="list_it", argument="Id", address=by_id, extra={"Kind": "Key"})
    client = Recorder({"Tags": [{"Key": "a", "Value": "1"}]})
    assert dialect.read(client, "id", {}) == {"a": "1"}
    dialect.write(client, "id", {}, put={"b": "2"}, drop=["a"])
    assert client.calls == [
        ("list_it", {"Id": "id", "Kind": "Key"}),
        ("untag_resource", {"Id": "id", "Kind": "Key", "TagKeys": ["a"]}),
        ("tag_resource", {"Id": "id", "Kind": "Key", "Tags": [{"Key": "b", "Value": "2"}]}),
    ]


def test_a_dictionary_dialect_addresses_by_arn() -> None:
    dialect = TagCalls(shape="dict", field="tags", argument="arn")
    client = Recorder({"tags": {"a": "1"}})
    assert dialect.read(client, "id", {"arn": "arn:x"}) == {"a": "1"}
    dialect.write(client, "id", {"arn": "arn:x"}, put={"b": "2"}, drop=[])
    assert client.calls[-1] == ("tag_resource", {"arn": "arn:x", "tags": {"b": "2"}})


def test_pairs_take_the_services_words() -> None:
    assert pairs({"a": "1"}, "TagKey", "TagValue") == [{"TagKey": "a", "TagValue": "1"}]
