"""What the source of a function lacks: files, its handler, modules that it imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.packaging import THIRD_PARTY

COMMON: Final = "common"
RUNTIME: Final = ("boto3", "botocore")
"""What Lambda's Python brings along."""
FILES: Final = ("__init__.py", "handler.py")
"""What every function has, besides whatever these import."""


def gaps(folder: Path, job: str) -> Iterator[str]:
    """One sentence for each gap of the function `job` below `folder` (lambda_src)."""
    for name in FILES:
        if not (folder / job / name).is_file():
            yield f"Function {job} has no {folder.name}/{job}/{name}."
    yield from unmet_imports(folder, job)
    entry = folder / job / "handler.py"
    if entry.is_file() and (tree := _parsed(entry)) and "handler" not in _defined(tree):
        yield f"{folder.name}/{job}/handler.py defines no `handler`, which is what Lambda calls."


def unmet_imports(folder: Path, package: str) -> Iterator[str]:
    """One sentence for each import of a package below `folder` that cannot work in Lambda."""
    for source in sorted((folder / package).rglob("*.py")):
        place, tree = source.relative_to(folder.parent).as_posix(), _parsed(source)
        if tree is None:
            yield f"{place} is no Python that can be read."
            continue
        for wanted in _imports(tree):
            if why := _unmet(wanted, folder=folder, package=package):
                yield f"{place}, line {wanted.line}: imports {wanted.module}, {why}."


def _parsed(source: Path) -> ast.Module | None:
    try:
        return ast.parse(source.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return None


@dataclass(frozen=True)
class _Import:
    line: int
    module: str
    name: str = ""
    """What is taken out of the module, if not all of it."""


def _imports(tree: ast.Module) -> Iterator[_Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_Import(node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (_Import(node.lineno, node.module or "", each.name) for each in node.names)


def _unmet(wanted: _Import, *, folder: Path, package: str) -> str:
    """Why an import cannot work in Lambda; "" if it can."""
    first = wanted.module.split(".")[0]
    if first not in (COMMON, package):
        known = {*sys.stdlib_module_names, *RUNTIME, *THIRD_PARTY}
        return "" if first in known else f"and {package} knows {COMMON} and itself only"
    path = folder.joinpath(*wanted.module.split("."))
    if path.with_suffix(".py").is_file():
        return ""
    if not path.is_dir():
        return f"and there is no {path.relative_to(folder.parent).as_posix()}.py"
    return _absent(path, wanted.name, folder) if wanted.name else ""


def _absent(package: Path, name: str, folder: Path) -> str:
    """Why a package does not have that name; "" if it has."""
    entry = package / "__init__.py"
    if (package / f"{name}.py").is_file() or (package / name).is_dir() or not entry.is_file():
        return ""
    if name in _defined(_parsed(entry)):
        return ""
    return f"and there is no {package.relative_to(folder.parent).as_posix()}/{name}.py"


def _defined(tree: ast.Module | None) -> set[str]:
    """Names that a module has when it was imported, as far as its source tells."""
    found: set[str] = set()
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found |= {(each.asname or each.name).split(".")[0] for each in node.names}
    return found
