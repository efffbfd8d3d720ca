"""docs/requirements.md has every requirement, and names only files and tests that exist."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
COUNTS = {"S": 8, "N": 6, "D": 4, "C": 10, "A": 10, "O": 6, "P": 3}
"""How many requirements each part has."""
LATER = {"P1", "P2"}
"""Those that are not begun."""
RUNNING = {
    "boto3", "cryptography", "fastjsonschema", "filelock", "grpcio", "invoke", "ministack", "pip",
    "psutil", "pulumi", "pulumi-aws", "pydantic", "pytest", "pyyaml", "requests", "rich",
}  # fmt: skip


class Row(NamedTuple):
    """One requirement."""

    id: str
    files: list[str]
    tests: list[str]


def rows() -> list[Row]:
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    named = [[re.findall(r"`([^`]+)`", cell) for cell in row[2:]] for row in cells[1:]]
    return [Row(row[0].strip(), *names) for row, names in zip(cells[1:], named, strict=True)]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_requirement_has_one_row() -> None:
    expected = [f"{part}{n}" for part, count in COUNTS.items() for n in range(1, count + 1)]
    assert [row.id for row in rows()] == expected


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_row_names_what_exists(row: Row) -> None:
    assert bool(row.files) is bool(row.tests) is (row.id not in LATER)
    assert [name for name in row.files if not (ROOT / name).is_file()] == []
    for test in row.tests:
        file, _, name = test.partition("::")
        assert name.startswith("test_")
        assert name in names_in(file), test


def test_what_runs_needs_few_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=!~\[; ]", each)[0].lower() for each in project["dependencies"]}
    assert names == RUNNING
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==\S+(?: ; [^\\]+)? \\\n    --hash=", lock, re.M)
    assert {name.lower() for name in pinned} >= RUNNING
