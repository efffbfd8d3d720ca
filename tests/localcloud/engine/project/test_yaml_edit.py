"""A changed file differs in what was changed only, byte for byte."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localcloud.engine.errors import ProjectInvalid
from localcloud.engine.project import yaml_file

BELOW = "# about the end\nother:   { a: 1,  b: [x,y] }  # as it came\n"


@dataclass(frozen=True)
class Entry:
    """A setting as a person might write it: remarks above it, its lines, remarks inside."""

    above: str
    lines: str

    @property
    def text(self) -> str:
        return self.above + self.lines


SCALARS = st.sampled_from(
    ["1", "0o17", "1_000", "2.50", "~", "True", "yes", "'7'", '"a # b"', "a b", "12:30", "v1:x/+="]
)
ENDS = st.sampled_from(["", " # why", "   # why: 'so'"])
REMARKS = st.lists(st.sampled_from(["\n", "  # so\n", "# a: b\n", "    # deep\n"]), max_size=3)
INNER = st.sampled_from(["", "    # in here\n", "\n    # in here: a\n"])

FORMS = (
    lambda k, a, b, e, i: f"  {k}: {a}{e}\n",
    lambda k, a, b, e, i: f"  {k}:    {a}{e}\n",
    lambda k, a, b, e, i: f"  {k}:{e}\n    secure: v1:{k}=\n",
    lambda k, a, b, e, i: f"  {k}:{e}\n{i}    m: {a}{e}\n{i}    n: {b}\n",
    lambda k, a, b, e, i: f"  {k}:{e}\n{i}    m:\n      x: {a}{e}\n{i}    n: {b}\n",
    lambda k, a, b, e, i: f"  {k}:{e}\n{i}    - {a}{e}\n{i}    - {b}{e}\n",
    lambda k, a, b, e, i: f"  {k}:\n  - {a}{e}\n  - x: {b}{e}\n    y: 1\n",
    lambda k, a, b, e, i: f"  {k}: {{ m: {a},  n: [{b},c] }}{e}\n",
    lambda k, a, b, e, i: f"  {k}: [\n    {a}, # one\n    {b},\n  ]{e}\n",
    lambda k, a, b, e, i: f"  {k}: |  # raw\n      text\n        # more\n",
    lambda k, a, b, e, i: f"  {k}: one\n    two{e}\n",
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    count = draw(st.integers(min_value=2, max_value=5))
    found = []
    for number in range(count):
        form: Callable[..., str] = draw(st.sampled_from(FORMS))
        lines = form(f"p:k{number}", draw(SCALARS), draw(SCALARS), draw(ENDS), draw(INNER))
        found.append(Entry("".join(draw(REMARKS)), lines))
    return found


VALUES = st.sampled_from(
    [5, True, "yes", "plain text", "", [1, "no"], {"a": {"b": 1}}, {"secure": "v1:new="}, None]
)


def changed(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    """What the file is after `change` of what it says; it must then say that."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Pulumi.dev.yaml"
        path.write_bytes(text.encode())
        document = yaml_file.read(path)
        change(document)
        wanted = copy.deepcopy(document)
        yaml_file.write(path, document)
        assert repr(yaml_file.read(path)) == repr(wanted)
        return path.read_bytes().decode()


def file_of(found: list[Entry], head: str) -> str:
    return f"{head}config:{''.join(entry.text for entry in found).join([chr(10), BELOW])}"


HEADS = st.sampled_from(["", "# ours\n", "# ours\n\nencryptionsalt: v1:a=:b # salt\n\n"])
random_files = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # the files are small as they are: shrinking takes minutes
)


@random_files
@given(entries(), HEADS, st.data())
def test_what_is_removed_takes_nothing_along(
    found: list[Entry], head: str, data: st.DataObject
) -> None:
    text = file_of(found, head)
    number = data.draw(st.integers(0, len(found) - 1))
    after = changed(text, lambda document: document["config"].pop(f"p:k{number}"))
    left = [*found]
    left[number] = Entry(found[number].above, "")
    assert after == file_of(left, head)


@random_files
@given(entries(), HEADS, VALUES, st.data())
def test_what_is_set_changes_nothing_else(
    found: list[Entry], head: str, value: object, data: st.DataObject
) -> None:
    text = file_of(found, head)
    number = data.draw(st.integers(0, len(found) - 1))
    before, after = text.split(found[number].lines)
    result = changed(text, lambda document: document["config"].update({f"p:k{number}": value}))
    assert result.startswith(before)
    assert result.endswith(after)


@random_files
@given(entries(), HEADS, VALUES)
def test_what_is_new_comes_after_the_last(found: list[Entry], head: str, value: object) -> None:
    text = file_of(found, head)
    result = changed(text, lambda document: document["config"].update({"p:new": value}))
    start, end = text[: -len(BELOW)], text[-len(BELOW) :]
    assert result.startswith(start)
    assert result.endswith(end)
    assert result.removeprefix(start).removesuffix(end).startswith("  p:new:")


def put(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Set a member of `config`, named `a` or `a/b`."""

    def change(document: dict[str, Any]) -> None:
        *way, last = key.split("/")
        place = document["config"]
        for name in way:
            place = place[name]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("before", "key", "value", "after"),
    [
        ("  a: 1 # one\n", "a", "1", "  a: '1' # one\n"),
        ("  a:    1   # one\n", "a", 2, "  a:    2   # one\n"),
        ("  a: '1' # one\n", "a", 1, "  a: 1 # one\n"),
        ("  a: # none\n", "a", 1, "  a: 1 # none\n"),
        ("  a:\n", "a", 1, "  a: 1\n"),
        ("  a: 1 # one\n", "a", {"b": [1]}, "  a: # one\n    b:\n    - 1\n"),
        ("  a: [1, 2] # both\n", "a", [1, "no"], "  a: [1, 'no'] # both\n"),
        ("  a: [1, 2] # both\n", "a", 5, "  a: 5 # both\n"),
        ("  a: [] # none\n", "a", [1], "  a: # none\n  - 1\n"),
        ("  a: # all\n    - 1\n    # two\n    - 2\n", "a", 5, "  a: 5 # all\n"),
        ("  a: # all\n    - 1\n  # b\n", "a", [2], "  a: # all\n  - 2\n  # b\n"),
        ("  a:\n    b: 1 # b\n    c: 2\n", "a/c", "x", "  a:\n    b: 1 # b\n    c: x\n"),
        ("  a:\n    b: 1 # b\n", "a/c", 2, "  a:\n    b: 1 # b\n    c: 2\n"),
        ("  a: # all\n    # b\n    b: 1\n", "a", {}, "  a: {} # all\n    # b\n"),
        ("  a: {b: 1}\n", "a", {"b": 2}, "  a: {b: 2}\n"),
        ("  a: !!str 1\n", "a", 2, "  a: 2\n"),
        ("  'a': 1\n", "a", 2, "  'a': 2\n"),
        ("  a: 1\n", "b", "x\ny # z\n", '  a: 1\n  b: "x\\ny # z\\n"\n'),
        ("  a: |\n    x\n\n  # b\n", "b", 2, "  a: |\n    x\n  b: 2\n\n  # b\n"),
        ("  a: &x 1\n  b: *x # same\n", "b", 2, "  a: &x 1\n  b: 2 # same\n"),
        ("  a: &x {c: 1}\n  b: *x\n", "d", 2, "  a: &x {c: 1}\n  b: *x\n  d: 2\n"),
    ],
)
def test_a_value_is_changed_where_it_stands(
    before: str, key: str, value: object, after: str
) -> None:
    for end in ("", "other: 1\n"):
        text = changed(f"config:\n{before}{end}", put(key, value))
        assert text == f"config:\n{after}{end}"


def test_line_ends_stay() -> None:
    text = changed("config:\r\n  a: 1 # é\r\n", put("b", {"c": 1}))
    assert text == "config:\r\n  a: 1 # é\r\n  b:\r\n    c: 1\r\n"
    assert changed("config:\n  a: 1 # one", put("b", 2)) == "config:\n  a: 1 # one\n  b: 2\n"


def test_what_comes_first_is_written_first() -> None:
    def salt(document: dict[str, Any]) -> None:
        old = dict(document)
        document.clear()
        document.update({"salt": "v1", "more": 1} | old)

    text = changed("# ours\n\nconfig: {}\nz: 1\n", salt)
    assert text == "# ours\n\nsalt: v1\nmore: 1\nconfig: {}\nz: 1\n"


@pytest.mark.parametrize(
    ("text", "kept"), [("# ours\n\n", "# ours\n\n"), ("# ours", "# ours\n"), ("{} # no\n", "")]
)
def test_a_file_that_says_nothing_keeps_its_head(text: str, kept: str) -> None:
    assert changed(text, lambda document: document.update(a=1)) == f"{kept}a: 1\n"


SHARED = "config:\n  a: &x\n    c: 1\n  b: *x\n"
MERGED = "config:\n  a: &x {c: 1}\n  b:\n    <<: *x\n"
BRACES = '{"config": {"a": {"c": 1}, "b": {"c": 1}}}\n'


@pytest.mark.parametrize(("text", "key"), [(SHARED, "a/c"), (MERGED, "a/c"), (BRACES, "b/c")])
def test_what_cannot_be_changed_alone_is_written_anew_or_refused(text: str, key: str) -> None:
    def change(document: dict[str, Any]) -> None:
        member = key.split("/")[0]
        document["config"] = {**document["config"], member: {"c": 2}}

    assert "c: 2" in changed(text, change)  # which looks at the whole
    with pytest.raises(ProjectInvalid, match=r"anchors.*change it with an editor"):
        changed(f"{text}# why\n", change)


def test_what_is_merged_in_stays_elsewhere() -> None:
    assert changed(MERGED, put("d", 1)) == f"{MERGED}  d: 1\n"
