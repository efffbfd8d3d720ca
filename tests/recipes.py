"""The recipes of CONTRIBUTING.md as steps that a test can carry out.

A recipe is a section below *Recipes*. What it says between backticks, alone on a line and with a
colon, is the file that the next block makes (any language) or changes (`diff`: lines that stay,
go and come, without numbers; `@@` begins another place). An `sh` block is run, and every line of a
`text` block is in what it printed; `…` stands for anything.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"
BLOCK = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`:\n\n?)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    kind: str
    text: str
    path: str = ""

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command of an `sh` block."""
        joined = self.text.replace("\\\n", " ")
        return [
            words for line in joined.splitlines() if (words := shlex.split(line, comments=True))
        ]

    def write(self, root: Path) -> None:
        """Make or change the block's file in a checkout."""
        file = root / self.path
        if self.kind != "diff":
            assert not file.exists(), f"{self.path} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.text, encoding="utf-8")
            return
        text = file.read_text(encoding="utf-8")
        for place in re.split(r"^@@.*\n", self.text, flags=re.M):
            before, after = _side(place, " -"), _side(place, " +")
            assert text.count(before) == 1, f"{self.path} has {text.count(before)} times:\n{before}"
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")

    def unseen(self, printed: str) -> list[str]:
        """The lines of a `text` block that are not in what was printed, spaces aside."""
        found = " ".join(printed.split())
        return [line for line in self.text.splitlines() if not _pattern(line).search(found)]


@dataclass(frozen=True)
class Recipe:
    """One section, e.g. *Add a table*."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def files(self) -> set[str]:
        """What it makes or changes."""
        return {block.path for block in self.blocks if block.path}


def _side(diff: str, signs: str) -> str:
    """The lines of a diff that are there before (" -") or after (" +")."""
    lines = (line or " " for line in diff.splitlines())  # editors take the space off a blank line
    return "".join(f"{line[1:]}\n" for line in lines if line[0] in signs)


def _pattern(line: str) -> re.Pattern[str]:
    parts = (re.escape(" ".join(part.split())) for part in line.split("…"))
    return re.compile(".*?".join(parts))


def recipes(page: str) -> Iterator[Recipe]:
    """The recipes of a page, in its order."""
    section = page.split("\n## Recipes\n")[1].split("\n## ")[0]
    for part in section.split("\n### ")[1:]:
        title, _, body = part.partition("\n")
        yield Recipe(title, tuple(_blocks(body)))


def _blocks(body: str) -> Iterable[Block]:
    for found in BLOCK.finditer(body):
        path = found["path"] or ""
        assert bool(path) is (found["kind"] not in ("sh", "text")), found[0]
        yield Block(found["kind"], found["text"], path)


RECIPES = list(recipes(PAGE.read_text(encoding="utf-8")))
