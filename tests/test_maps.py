"""The map in a room's README names every file of the room, and no file that is not there.

A map is the section `## Map`: tables whose first column is a file, or a folder (`services/`) that
stands for all in it. Rows below a heading with a folder in it (### `steps/` …) are in that folder.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("orchestrator", "localcloud", "shared", "lambda_src", "tests")
ROW = re.compile(r"\| `([^`]+)` \|")
FOLDER = re.compile(r"### `([^`]+/)`")
MUST_HAVE_ONE = {
    "lambda_src/common",
    "localcloud",
    "localcloud/emulator",
    "localcloud/engine",
    "localcloud/provider",
    "orchestrator",
    "shared",
}


def section(readme: Path) -> list[str]:
    """The lines of the map."""
    _, _, rest = readme.read_text(encoding="utf-8").partition("\n## Map\n")
    return re.split(r"\n## ", rest)[0].splitlines()


MAPS = [
    readme.parent.relative_to(ROOT).as_posix()
    for room in ROOMS
    for readme in sorted((ROOT / room).rglob("README.md"))
    if section(readme)
]
every_map = pytest.mark.parametrize("room", MAPS)


def named(room: str) -> list[str]:
    """What the map names, relative to the room; folders end with a slash."""
    folder, found = "", []
    for line in section(ROOT / room / "README.md"):
        if heading := FOLDER.match(line):
            folder = heading[1]
        elif row := ROW.match(line):
            found.append(folder + row[1])
    return found


def test_rooms_that_need_a_map_have_one() -> None:
    assert set(MAPS) >= MUST_HAVE_ONE


@every_map
def test_every_file_that_a_map_names_exists(room: str) -> None:
    missing = [name for name in named(room) if not (ROOT / room / name).exists()]
    assert missing == []


@every_map
def test_a_map_names_every_file(room: str) -> None:
    names = named(room)
    folders = tuple(name for name in names if name.endswith("/"))
    files = [
        path.relative_to(ROOT / room).as_posix()
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name != "__init__.py"
    ]
    forgotten = [file for file in files if file not in names and not file.startswith(folders)]
    assert forgotten == [], f"add them to the map in {room}/README.md"


@every_map
def test_a_map_names_nothing_twice(room: str) -> None:
    names = named(room)
    assert sorted(names) == sorted(set(names))
