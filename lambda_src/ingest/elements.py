"""A file of any size, as a stream of chunks, into the texts of its elements.

A file whose first character is `[` is a JSON array, any other is JSON lines. Elements are found by
their commas and brackets without decoding them, so one broken element spoils no other.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from ingest.models import Element

MAX_ELEMENT: Final = 256 * 1024
"""Characters of one element; a record needs a few hundred."""
TOO_LARGE: Final = f"larger than {MAX_ELEMENT} characters"
TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},"]', re.DOTALL)
"""A whole string, or a character that shapes the JSON; a lone quote opens an unfinished string."""

DEPTH: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def elements(chunks: Iterable[bytes]) -> Iterator[Element]:
    """Yield the file's elements in order; the numbering is the same at every reading."""
    text = _decoded(chunks)
    head = ""
    for part in text:
        head += part.lstrip() if not head else part
        if head:
            break
    whole = chain([head.removeprefix("[")], text)
    return _array(whole) if head.startswith("[") else _lines(chain([head], text))


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode UTF-8; bytes that are not survive as surrogates, which no JSON reader accepts."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _lines(parts: Iterable[str]) -> Iterator[Element]:
    index, pending, oversized = 0, "", False
    for part in chain(parts, ["\n"]):
        *complete, rest = (pending + part).split("\n")
        for line in complete:
            if line.strip():
                yield _element(index, line, oversized)
            index, oversized = index + 1, False
        oversized = oversized or len(rest) > MAX_ELEMENT
        pending = rest[:MAX_ELEMENT] if oversized else rest


def _element(index: int, text: str, oversized: bool) -> Element:
    too_large = oversized or len(text) > MAX_ELEMENT
    return Element(
        index=index, text=text[:MAX_ELEMENT].strip(), problem=TOO_LARGE if too_large else None
    )


def _array(parts: Iterable[str]) -> Iterator[Element]:
    """Yield an array's elements; what follows an unreadable place is one last, broken element."""
    index, buffer, scan, depth = 0, "", 0, 0
    for part in parts:
        buffer += part
        start = 0
        for match in TOKEN.finditer(buffer, scan):
            token, scan = match.group(), match.end()
            if token == '"':
                scan = match.start()
                break
            if depth == 0 and token in (",", "]"):
                text = buffer[start : match.start()].strip()
                if text or token == "," or index:
                    yield Element(index=index, text=text)
                index, start = index + 1, match.end()
                if token == "]":
                    yield from _after(index, chain([buffer[start:]], parts))
                    return
            depth = max(depth + DEPTH.get(token, 0), 0)
        else:
            scan = len(buffer)
        buffer, scan = buffer[start:], scan - start
        if len(buffer) > MAX_ELEMENT:
            yield Element(index=index, text=buffer, problem=f"{TOO_LARGE}; the rest is unread")
            return
    yield Element(index=index, text=buffer, problem="the array does not end")


def _after(index: int, parts: Iterable[str]) -> Iterator[Element]:
    for part in parts:
        if part.strip():
            yield Element(index=index, text=part, problem="more follows after the array")
            return
