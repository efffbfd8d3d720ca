"""Changes the values of a YAML text in place: comments, order, quotes and spaces stay, to the byte.

The parser says where each value stands, and only those places are written (docs/adr/0014, also on
why no round-trip library does it).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import yaml

from localcloud.engine.project.yaml_text import dump, same

Values = Mapping[Any, Any]
Edit = tuple[int, int, str]
"""From, to, and what stands there then."""


def edited(text: str, before: Values, after: Values) -> str | None:
    """`text`, which says `before`, so that it says `after`; None if it has no lines to change.

    To be read again: it says something else, or nothing, where values are shared by an anchor.
    """
    text = text if text.endswith("\n") or not text else f"{text}\n"
    if not before:
        return f"{text if _remarks(text) else ''}{dump(after)}"
    root = yaml.compose(text, yaml.SafeLoader)  # in pure Python: its marks count characters
    source = _Source(text)
    return source.with_edits(source.edits(root, before, after)) if source.is_open(root) else None


@dataclass(frozen=True)
class _Source:
    """A text and where the values of its nodes stand."""

    text: str

    def with_edits(self, edits: Iterator[Edit]) -> str:
        """The text with all of the edits, which do not overlap."""
        line_end = "\r\n" if "\r\n" in self.text else "\n"
        parts, place = [], 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            parts += [self.text[place:start], new.replace("\n", line_end)]
            place = end
        return "".join([*parts, self.text[place:]])

    def edits(self, node: yaml.MappingNode, before: Values, after: Values) -> Iterator[Edit]:
        """What is to be done in a mapping that is open."""
        pairs = dict(zip(before, node.value, strict=True))
        for key, (name, value) in pairs.items():
            if key not in after:
                yield self._line(name), self._end(name, value), ""
            elif not same(before[key], after[key]):
                yield from self._changed(name, value, before[key], after[key])
        place = self._line(node.value[0][0])
        for key, new in after.items():  # each comes after the one that is before it
            if key in pairs:
                place = self._end(*pairs[key])
            else:
                yield place, place, _indented(dump({key: new}), node)

    def is_open(self, node: yaml.Node | None) -> TypeGuard[yaml.MappingNode]:
        """Whether it is a mapping with a line for each member, and is nobody else's too."""
        return (
            isinstance(node, yaml.MappingNode)
            and _in_lines(node)
            and self.text[node.start_mark.index] not in "&!"
            and all(name.value != "<<" for name, _ in node.value)
        )

    def _changed(
        self, name: yaml.Node, value: yaml.Node, before: Any, after: Any
    ) -> Iterator[Edit]:
        if not self.is_open(value) or _alias(name, value) or not isinstance(after, dict):
            yield from self._replaced(name, value, after)
            return
        if not after:
            yield self._colon(name), self._colon(name), " {}"
        yield from self.edits(value, before, after)

    def _replaced(self, name: yaml.Node, value: yaml.Node, new: Any) -> Iterator[Edit]:
        """What is new stands in the line of its key, or in lines of its own below."""
        head, lines = _value(new, flow=_in_brackets(value))
        colon = self._colon(name)
        start, last = self._place(name, value)
        below = end = self._end(name, value)
        if "\n" in self.text[colon:start]:
            start = last = colon
            below = self._after_line(colon)
        elif not head:
            start = colon
        yield start, last, head.lstrip() if self.text[start - 1].isspace() else head
        yield below, end, _indented(lines, name)

    def _colon(self, name: yaml.Node) -> int:
        """Where the value of a key may begin."""
        return self.text.index(":", name.end_mark.index) + 1

    def _place(self, name: yaml.Node, value: yaml.Node) -> tuple[int, int]:
        """Where a value begins and ends, without what the parser takes up to the next one."""
        if not _alias(name, value):
            return value.start_mark.index, self._last(value)
        start = self.text.index("*", name.end_mark.index)
        return start, start + len(self.text[start:].split(maxsplit=1)[0])

    def _last(self, node: yaml.Node) -> int:
        if isinstance(node, yaml.CollectionNode) and _in_lines(node):
            last = node.value[-1]
            return self._place(*last)[1] if isinstance(last, tuple) else self._last(last)
        text = self.text[: node.end_mark.index]
        return len(text.rstrip() if getattr(node, "style", None) in ("|", ">") else text)

    def _end(self, name: yaml.Node, value: yaml.Node) -> int:
        """Where the line after a member begins."""
        return self._after_line(self._place(name, value)[1])

    def _line(self, node: yaml.Node) -> int:
        return self.text.rfind("\n", 0, node.start_mark.index) + 1

    def _after_line(self, place: int) -> int:
        return self.text.index("\n", place) + 1


def _remarks(text: str) -> bool:
    return all(line[:1] in ("", "#") for line in text.splitlines())


def _alias(name: yaml.Node, value: yaml.Node) -> bool:
    """Whether the value stands elsewhere: the parser gives what an alias refers to."""
    return value.start_mark.index < name.start_mark.index


def _in_lines(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style and bool(node.value)


def _in_brackets(node: yaml.Node) -> bool:
    """Whether it is written in brackets; `{}` says nothing of how its author writes."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style and node.value)


def _value(value: Any, *, flow: bool) -> tuple[str, str]:
    """What comes behind the colon, and below."""
    if flow and isinstance(value, dict | list):
        return f" {dump(value, flow=True).strip()}", ""
    head, _, lines = dump({"k": value}).removeprefix("k:").partition("\n")
    return head, lines


def _indented(lines: str, node: yaml.Node) -> str:
    return textwrap.indent(lines, " " * node.start_mark.column)
