"""Finding the elements of a file, however it is cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ingest import elements as module
from ingest.elements import elements

CUTS = [1, 2, 3, 5, 1000]


def read(content: bytes, size: int) -> list[tuple[int, str, bool]]:
    chunks = (content[start : start + size] for start in range(0, len(content), size))
    return [(each.index, each.text, each.problem is not None) for each in elements(chunks)]


@pytest.mark.parametrize("size", CUTS)
def test_commas_and_brackets_in_strings_shape_nothing(size: int) -> None:
    content = b' [ {"a": "x,]}\\"{"} , [1,[2]] , "\\\\" ]\n '
    assert read(content, size) == [
        (0, '{"a": "x,]}\\"{"}', False),
        (1, "[1,[2]]", False),
        (2, '"\\\\"', False),
    ]


@pytest.mark.parametrize("size", CUTS)
def test_lines_are_numbered_as_an_editor_does_and_empty_ones_skipped(size: int) -> None:
    assert read(b'\n{"a":1}\r\n\n{"b":2}', size) in (
        [(0, '{"a":1}', False), (2, '{"b":2}', False)],
        [(1, '{"a":1}', False), (3, '{"b":2}', False)],
    )


@pytest.mark.parametrize("size", CUTS)
@pytest.mark.parametrize("content", [b"", b" \n", b"[]", b" [ ] ", b"\xef\xbb\xbf[]"])
def test_an_empty_file_has_no_elements(content: bytes, size: int) -> None:
    assert read(content, size) == []


@pytest.mark.parametrize("size", CUTS)
def test_one_broken_element_spoils_no_other(size: int) -> None:
    assert read(b'[{"a":},,{"b":2}]', size) == [
        (0, '{"a":}', False),
        (1, "", False),
        (2, '{"b":2}', False),
    ]


@pytest.mark.parametrize("size", CUTS)
@pytest.mark.parametrize(
    ("content", "last"),
    [(b"[1,2", "2"), (b'[1,{"a":"', '{"a":"'), (b"[1]junk", "junk"), (b"[", "")],
)
def test_what_does_not_end_or_goes_on_is_one_last_broken_element(
    content: bytes, last: str, size: int
) -> None:
    found = read(content, size)
    assert found[-1][2]
    assert last.startswith(found[-1][1])
    assert not any(broken for _, _, broken in found[:-1])


@pytest.mark.parametrize("size", CUTS)
def test_bytes_that_are_no_utf8_spoil_their_element_only(size: int) -> None:
    found = read(b'["\xff","\xc3\xa9"]', size)
    assert [text for _, text, _ in found] == ['"\udcff"', '"é"']


def test_an_element_that_is_too_large_ends_an_array_and_is_one_line_of_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_ELEMENT", 10)
    assert read(b'[1,"aaaaaaaaaaaaaaaaaaaa",2]', 4)[-1][2]
    lines = read(b'1\n"aaaaaaaaaaaaaaaaaaaa"\n2\n', 4)
    assert [(index, broken) for index, _, broken in lines] == [(0, False), (1, True), (2, False)]


def test_a_file_is_streamed_and_not_read_whole() -> None:
    read_so_far = 0

    def endless() -> Iterator[bytes]:
        nonlocal read_so_far
        yield b"["
        while True:
            read_so_far += 1
            yield b'{"n": 1},'

    found = elements(endless())
    for _ in range(100):
        next(found)
    assert read_so_far < 110
