"""The drawings of docs/architecture.md are the tree, its imports and its import rules."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RULES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
UNDRAWN = {"tests"}
"""May import all, and is not in the drawing."""

LINTED_ELSEWHERE = {"stacks", "functions"}
"""No packages that import-linter could read: tests/test_layout.py and the arrows keep theirs."""

NOT_MEANT = {"common", "__init__.py"}
"""By a pattern: the Lambda layer is no function, and a package's docstring no module of it."""

Arrow = tuple[str, str]


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.+?)^```", PAGE, re.M | re.S)
    assert found, language
    return found[1]


@cache
def rooms() -> dict[str, list[str]]:
    """Room → the dotted names of the modules and packages in it, from the nodes of the drawing.

    What an earlier node names is not in a later one's pattern.
    """
    found: dict[str, list[str]] = {}
    taken: set[Path] = set()
    for name, label in re.findall(r'^ +(\w+)\["(.+)"\]$', block("mermaid"), re.M):
        paths = {path for path in ROOT.glob(label) if not path.name.startswith("__pycache")}
        pattern = "*" in label
        mine = {path for path in paths if not (pattern and path.name in NOT_MEANT)} - taken
        taken |= mine
        found[name] = [_dotted(path) for path in sorted(mine)]
    return found


def _dotted(path: Path) -> str:
    """As it is imported: what is in lambda_src stands at the top level."""
    place = path.relative_to(ROOT).with_suffix("")
    return ".".join(place.parts).removeprefix("lambda_src.")


@cache
def drawn() -> frozenset[Arrow]:
    lines = re.findall(r"^ +(\w+) --> (.+)$", block("mermaid"), re.M)
    return frozenset((start, end) for start, ends in lines for end in ends.split(" & "))


@cache
def imports() -> dict[str, frozenset[str]]:
    """Every module of ours, and what it imports."""
    tops = sorted({name.split(".")[0] for names in rooms().values() for name in names})
    folders = [ROOT / ("" if (ROOT / top).is_dir() else "lambda_src") / top for top in tops]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    files += [file for top in tops if (file := ROOT / f"{top}.py").is_file()]
    return {_dotted(file).removesuffix(".__init__"): frozenset(_imported(file)) for file in files}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def inside(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def room_of(module: str) -> str | None:
    return next(
        (room for room, names in rooms().items() if any(inside(module, n) for n in names)), None
    )


@cache
def real() -> dict[Arrow, str]:
    """Each import from one room into another, with the first place where it is found."""
    found: dict[Arrow, str] = {}
    for module, names in imports().items():
        for name in sorted(names):
            start, end = room_of(module), room_of(name)
            if start and end and start != end:
                found.setdefault((start, end), f"{module} imports {name}")
    return found


def test_every_room_that_is_drawn_exists() -> None:
    assert len(rooms()) > 10
    assert [room for room, names in rooms().items() if not names] == []


def test_every_folder_with_code_is_in_a_room() -> None:
    modules = [module for module in imports() if "." in module and not module.startswith("stacks")]
    assert [module for module in modules if room_of(module) is None] == []
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"stacks"}
    assert folders - UNDRAWN <= {name.split(".")[0] for names in rooms().values() for name in names}


def test_the_arrows_are_the_imports() -> None:
    missing = {arrow: where for arrow, where in real().items() if arrow not in drawn()}
    assert missing == {}, "not in docs/architecture.md: draw and allow it, or do without"
    assert drawn() - set(real()) == set(), "drawn, and nobody imports so"


@pytest.mark.parametrize("arrow", sorted(permutations(rooms(), 2)), ids="->".join)
def test_the_rules_forbid_what_is_not_drawn_and_nothing_else(arrow: Arrow) -> None:
    start, end = arrow
    if {start, end} & LINTED_ELSEWHERE or _share_floors(start, end):
        return
    held = [name for name in rooms()[start] if name.split(".")[0] in RULES["root_packages"]]
    known = [name for name in rooms()[end] if name.split(".")[0] in RULES["root_packages"]]
    forbidden = [forbids(source, target) for source in held for target in known]
    assert not any(forbidden) if arrow in drawn() else all(forbidden)


def _share_floors(start: str, end: str) -> bool:
    """Whether both are in one house with floors, whose rules have a test of their own."""
    houses = {name.split(".")[0] for room in (start, end) for name in rooms()[room]}
    return len(houses) == 1 and houses <= set(floors())


def forbids(source: str, target: str) -> bool:
    return any(_KINDS[rule["type"]](rule, source, target) for rule in RULES["contracts"])


def _forbidden(rule: dict[str, Any], source: str, target: str) -> bool:
    return _any(source, rule["source_modules"]) and _any(target, rule["forbidden_modules"])


def _independence(rule: dict[str, Any], source: str, target: str) -> bool:
    return _any(source, rule["modules"]) and _any(target, rule["modules"])


def _layers(rule: dict[str, Any], source: str, target: str) -> bool:
    for container in rule["containers"]:
        floors = {name: n for n, row in enumerate(_rows(rule)) for name in row}
        ends = [floors.get(name.removeprefix(f"{container}.")) for name in (source, target)]
        if None not in ends:
            return ends[0] >= ends[1]  # type: ignore[operator]  # neither is None
    return False


_KINDS = {"forbidden": _forbidden, "independence": _independence, "layers": _layers}


def _any(name: str, places: Iterable[str]) -> bool:
    return any(inside(name, place) for place in places)


def _rows(rule: dict[str, Any]) -> list[list[str]]:
    return [row.split(" | ") for row in rule["layers"]]


@cache
def floors() -> dict[str, list[list[str]]]:
    """Room → its floors from top to bottom, as drawn."""
    found: dict[str, list[list[str]]] = {}
    for line in filter(str.strip, block("floors").splitlines()):
        *room, row = re.split(r"\s{2,}", line.rstrip())
        if room[0]:
            name = room[0]
        found.setdefault(name, []).append(row.split(" | "))
    return found


def test_the_floors_are_the_import_rules() -> None:
    rules = [rule for rule in RULES["contracts"] if rule["type"] == "layers"]
    assert all(rule["exhaustive"] for rule in rules)
    assert floors() == {rule["containers"][0]: _rows(rule) for rule in rules}


@pytest.mark.parametrize("room", floors())
def test_nobody_imports_upward(room: str) -> None:
    floor = {f"{room}.{name}": n for n, row in enumerate(floors()[room]) for name in row}
    assert {name for name in _children(room)} == set(floor)
    for module, names in imports().items():
        start = _child(room, module)
        for name in names:
            end = _child(room, name)
            if start and end in floor and start != end:
                assert floor[start] < floor[end], f"{module} imports {name}"


def _children(room: str) -> set[str]:
    return {child for module in imports() if (child := _child(room, module))}


def _child(room: str, module: str) -> str | None:
    """What `module` is in, directly below `room`."""
    if not module.startswith(f"{room}."):
        return None
    return f"{room}.{module.removeprefix(f'{room}.').split('.')[0]}"


def test_the_words_fit_on_one_screen() -> None:
    words = PAGE.split("## Words")[1].split("\n## ")[0]
    terms = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", words, re.M)[1:]
    assert 20 < len(terms) <= 40
    assert len(set(terms)) == len(terms)


def test_every_decision_is_in_the_list_by_its_title() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(
        r"^\| \[(\d{4})\]\(\1-[\w-]+\.md\) \| (.+) \|$",
        (folder / "README.md").read_text(encoding="utf-8"),
        re.M,
    )
    titles = {file.name[:4]: _title(file) for file in folder.glob("[0-9]*.md")}
    assert dict(listed) == titles


def _title(file: Path) -> str:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    return re.sub(r"^# \d+\.? ", "", first)
