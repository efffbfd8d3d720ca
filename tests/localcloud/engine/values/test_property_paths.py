from __future__ import annotations

from typing import Any

import pytest

from localcloud.engine.values.property_paths import BadPath, contains, ignore_changes, parse
from localcloud.engine.values.values import Secret


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("root", ("root",)),
        ("root.nested", ("root", "nested")),
        ('root["nested"]', ("root", "nested")),
        ("root.array[0].nested", ("root", "array", 0, "nested")),
        ("root.array[0][1]", ("root", "array", 0, 1)),
        ('root["key with \\"escaped\\" quotes"]', ("root", 'key with "escaped" quotes')),
        ('["root key with a ."][100]', ("root key with a .", 100)),
        ("root.array[*].field", ("root", "array", "*", "field")),
        ("*", ("*",)),
        ("foo-bar", ("foo-bar",)),
        ("", ()),
    ],
)
def test_paths_are_taken_apart(text: str, path: tuple[str | int, ...]) -> None:
    assert parse(text) == path


@pytest.mark.parametrize("text", [".a", "a.", "a[", "a[x]", 'a["b]', 'a["b"', "a[-1]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(BadPath):
        parse(text)


@pytest.mark.parametrize(
    ("path", "other", "inside"),
    [
        ("a", "a", True),
        ("a", "a.b[0]", True),
        ("a.b", "a", False),
        ("a[*].c", "a[3].c", True),
        ("a[*].c", "a[3].d", False),
        ("*", "anything", True),
        ("a[0]", "a[1]", False),
    ],
)
def test_what_lies_inside_a_path(path: str, other: str, inside: bool) -> None:
    assert contains(parse(path), parse(other)) is inside


@pytest.mark.parametrize(
    ("path", "old", "new", "result"),
    [
        ("a", {"a": 1}, {"a": 2}, {"a": 1}),
        ("a", {}, {"a": 2, "b": 1}, {"b": 1}),
        ("a", {"a": 1}, {}, {"a": 1}),
        ("a.b", {"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 1, "c": 3}}),
        ("a.b", {"a": {"b": 1}}, {}, {}),
        ("a.b", {}, {"a": {"b": 2, "c": 3}}, {"a": {"c": 3}}),
        ("a[0]", {"a": [1, 2]}, {"a": [3, 4]}, {"a": [1, 4]}),
        ("a[1]", {"a": [1]}, {"a": [3, 4]}, {"a": [3, 4]}),
        ("a[5]", {"a": [1]}, {"a": [3]}, {"a": [3]}),
        ("a[0]", {"a": {"b": 1}}, {"a": [3]}, {"a": [3]}),
        ("a[*]", {"a": [1, 2]}, {"a": [3, 4]}, {"a": [1, 2]}),
        ("a[*]", {"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ("a[*].b", {"a": [{"b": 1}]}, {"a": [{"b": 2, "c": 3}]}, {"a": [{"b": 1, "c": 3}]}),
        ("a.*", {"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1}}),
        ("a.*.b", {"a": {"x": {"b": 1}}}, {"a": {"x": {"b": 2}}}, {"a": {"x": {"b": 1}}}),
        ("*", {"a": 1}, {"b": 2}, {"a": 1}),
        ("a[", {"a": 1}, {"a": 2}, {"a": 2}),
    ],
)
def test_ignored_changes_keep_the_old_value(
    path: str, old: dict[str, Any], new: dict[str, Any], result: dict[str, Any]
) -> None:
    before = repr((old, new))
    assert ignore_changes(new, old, [path]) == result
    assert repr((old, new)) == before


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ({"a": Secret({"b": 1})}, {"a": {"b": 2}}, {"a": {"b": Secret(1)}}),
        ({"a": Secret({"b": 1})}, {"a": Secret({"b": 2})}, {"a": Secret({"b": 1})}),
        ({"a": {"b": 1}}, {"a": Secret({"b": 2})}, {"a": Secret({"b": 1})}),
        ({"a": {"b": Secret(1)}}, {"a": {"b": 2}}, {"a": {"b": Secret(1)}}),
    ],
)
def test_ignored_changes_inside_of_secrets(
    old: dict[str, Any], new: dict[str, Any], result: dict[str, Any]
) -> None:
    assert ignore_changes(new, old, ["a.b"]) == result
