"""What is taken of MiniStack's insides is in one list, is there, and is missed when it is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.emulator import Emulator, StartFailed, ministack_names
from localcloud.emulator.control import environment
from localcloud.emulator.ministack_names import CORE, SERVICES, NameMissing, Taken, missing, require

ROOM = Path(str(ministack_names.__file__)).parent
FILES = sorted(path for path in ROOM.rglob("*.py") if path.name != "ministack_names.py")
LISTED = {(some.module, name) for some in (*CORE, *SERVICES) for name in some.names}
NAMES = {part.removesuffix("()") for _, name in LISTED for part in name.split(".")}
OURS = "_microstack_"
"""What begins so was put into MiniStack's modules by us."""


def test_the_installed_version_has_every_name() -> None:
    assert [f"ministack.{some.module}: {name}" for some, name in missing(CORE + SERVICES)] == []


def test_nothing_is_listed_twice() -> None:
    assert len(LISTED) == sum(len(some.names) for some in (*CORE, *SERVICES))


@pytest.mark.parametrize("name", ["_gone", "AccountScopedDict._gone", "AccountScopedDict()._gone"])
def test_a_missing_name_is_a_sentence(name: str) -> None:
    lost = Taken(module="core.responses", why="seeing what is looked up", names=(name,))
    with pytest.raises(NameMissing, match=r"^MiniStack 1\.\d+\.\d+ has no ") as caught:
        require([lost])
    assert f"has no {name} in ministack.core.responses" in str(caught.value)
    assert "needed for seeing what is looked up" in str(caught.value)


def test_a_server_without_a_name_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from ministack.core import iam_evaluator\ndel iam_evaluator.is_root_access_key\n"
    )
    clean = environment.server_environment

    def lacking(*arguments: object) -> dict[str, str]:
        return {**clean(*arguments), "PYTHONPATH": str(tmp_path)}  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr("localcloud.emulator.control.lifecycle.server_environment", lacking)
    with pytest.raises(StartFailed, match="has no is_root_access_key in ministack.core.iam_eval"):
        Emulator(tmp_path / "home").start()


# The source


def test_the_scan_finds_what_it_is_for() -> None:
    source = """
from types import ModuleType
from ministack import app
from ministack.core.persistence import _one
app.two()
def f(module: ModuleType):
    module.three
    vars(module)["_four"] = getattr(module, "_five")
    vars(module).update(_six=1)
    found._seven
"""
    found = set(_taken(ast.parse(source)))
    assert found == {"app", "_one", "two", "three", "_four", "_five", "_six", "_seven"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOM).as_posix())
def test_no_module_reaches_for_a_name_that_is_not_listed(path: Path) -> None:
    found = set(_taken(ast.parse(path.read_text(encoding="utf-8"))))
    assert {name for name in found if not name.startswith(OURS)} - NAMES - MODULES == set()


def test_every_listed_name_is_used() -> None:
    lists = ast.parse((ROOM / "ministack_names.py").read_text(encoding="utf-8"))
    handed_out = {
        node.value
        for statement in lists.body
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) not in GROUPS
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    used = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in FILES)))
    assert NAMES - used - handed_out == set()


GROUPS = ("CORE", "SERVICES")
MODULES = {part for module, _ in LISTED for part in module.split(".")}
PYTHONS_OWN = {"_exit", "_initializing", "__name__", "__spec__", "__dict__"}


def _taken(tree: ast.Module) -> Iterator[str]:
    """Names that a module takes of MiniStack: all by public ones, or that are private to others."""
    modules = {"module", "self.module"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("ministack"):
            modules |= {alias.asname or alias.name for alias in node.names}
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.arg) and ast.unparse(node.annotation or node) == "ModuleType":
            modules.add(node.arg)
    for node in ast.walk(tree):
        yield from set(_names_of(node, modules)) - PYTHONS_OWN


def _names_of(node: ast.AST, modules: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        base = ast.unparse(node.value)
        if base in modules or (_private(node.attr) and base not in ("self", "cls")):
            yield node.attr
    elif isinstance(node, ast.keyword) and _private(node.arg or ""):
        yield str(node.arg)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _private(node.value):
        yield node.value


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name.isidentifier()
