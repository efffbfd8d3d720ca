from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from localcloud.engine.program.preload import Preload, modules_to_preload


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in a repository with code of its own beside it, and a library to import."""
    folder = tmp_path / "stacks" / "p"
    for path in (folder, tmp_path / "own" / "parts", tmp_path / "site-packages" / "lib" / "deep"):
        path.mkdir(parents=True)
    (folder / "__main__.py").write_text(
        "import json, lib as l, sibling\n"
        "from own.parts import thing\n"
        "l.used.Thing()\nl.nothing\n"
        "from own import missing\n"
        "if False:\n    import optional\n"
    )
    (folder / "optional.py").write_text("import lib.unused\n")
    (folder / "sibling.py").write_text("from lib import other\nfrom . import ignored\n")
    (tmp_path / "own" / "__init__.py").write_text("raise RuntimeError('not before the run')\n")
    (tmp_path / "own" / "parts" / "thing.py").write_text("import lib.deep.inner\n")
    library = tmp_path / "site-packages" / "lib"
    (library / "__init__.py").write_text("")
    for name in ("used.py", "other.py", "unused.py", "deep/__init__.py", "deep/inner.py"):
        (library / name).write_text("")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_what_a_program_imports_is_found_through_its_own_modules(program: Path) -> None:
    names = [name for name in modules_to_preload(program) if name.startswith("lib")]
    assert sorted(names) == ["lib", "lib.deep.inner", "lib.other", "lib.used"]


def test_the_users_own_code_is_not_imported_ahead(program: Path) -> None:
    assert not [n for n in modules_to_preload(program) if n.partition(".")[0] in ("own", "sibling")]


def test_a_program_may_be_a_file(program: Path) -> None:
    assert "lib.used" in modules_to_preload(program / "__main__.py")


def test_modules_are_imported_one_by_one(program: Path) -> None:
    preload = Preload()
    preload.add(str(program))
    steps = 0
    while preload.step():
        steps += 1
    assert steps >= 5
    assert {"lib.used", "lib.other", "lib.deep.inner"} <= sys.modules.keys()
    assert "lib.unused" not in sys.modules
    preload.add(str(program))
    assert not preload.step()


def test_a_program_that_starts_gets_its_modules_first(program: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "__main__.py").write_text("import lib.unused\n")
    preload = Preload()
    preload.add(str(other))
    preload.finish(str(program))
    assert "lib.used" in sys.modules
    assert "lib.unused" not in sys.modules
    assert preload.step()
    assert "lib.unused" in sys.modules


@pytest.fixture(autouse=True)
def forget_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "lib" or name.startswith("lib.")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("source", ["def f(:", "\0", "import no_such_library"])
def test_broken_programs_are_no_matter(tmp_path: Path, source: str) -> None:
    (tmp_path / "__main__.py").write_text(source)
    preload = Preload()
    preload.finish(str(tmp_path))
    assert not preload.step()


def test_a_library_that_breaks_is_left_to_the_program(tmp_path: Path, program: Path) -> None:
    broken = tmp_path / "site-packages" / "lib" / "used.py"
    broken.write_text("raise ValueError('broken')\n")
    preload = Preload()
    preload.finish(str(program))
    assert "lib.other" in sys.modules


def test_modules_that_load_at_their_first_use_are_woken(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec("lib.used")
    assert spec is not None
    assert spec.loader is not None
    spec.loader = importlib.util.LazyLoader(spec.loader)
    lazy = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "lib.used", lazy)
    spec.loader.exec_module(lazy)
    assert type(lazy) is not ModuleType

    Preload().finish(str(program))

    assert type(lazy) is ModuleType
