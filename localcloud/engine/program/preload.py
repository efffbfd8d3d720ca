"""Import what programs will import, while nobody waits for it.

Which modules those are stands in their source: what the program imports at its top, and what the
local modules that it imports there do in turn; what stands under an `if` or in a function is not
always needed. Only installed modules are imported ahead; the user's own code runs in the program
alone, where it knows project, stack and configuration.

Loaded by path from host.py, so it imports nothing of ours.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

INSTALLED = ("site-packages", "dist-packages")


class Preload:
    """A queue of modules to import; `step` imports one."""

    def __init__(self) -> None:
        self._queue: dict[str, None] = {"pulumi": None}
        self._tried: set[str] = set()
        self._folders: set[str] = set()

    def add(self, folder: str) -> None:
        """Put what the program in a folder needs into the queue."""
        if folder in self._folders:
            return
        self._folders.add(folder)
        for name in modules_to_preload(Path(folder)):
            if name not in self._tried:
                self._queue[name] = None

    def step(self) -> bool:
        """Import the next module; returns whether there was one."""
        if not self._queue:
            return False
        name = next(iter(self._queue))
        del self._queue[name]
        self._tried.add(name)
        try:
            module = importlib.import_module(name)
            getattr(module, "__all__", None)  # wakes modules that load at their first use
        except Exception:  # the program itself will fail, if it needs the module
            return True
        return True

    def finish(self, folder: str) -> None:
        """Import what a program that is about to start needs, if it is not there yet."""
        self.add(folder)
        mine = {"pulumi": None} | dict.fromkeys(modules_to_preload(Path(folder)))
        rest = {name: None for name in self._queue if name not in mine}
        self._queue = {name: None for name in mine if name in self._queue}
        while self.step():
            pass
        self._queue = rest


def modules_to_preload(folder: Path) -> list[str]:
    """Name the installed modules that a program imports; it is a folder or a file."""
    start = folder / "__main__.py" if folder.is_dir() else folder
    roots = [start.parent, *local_roots()]
    found: dict[str, None] = {}
    files, seen = [start], set[Path]()
    while files:
        file = files.pop(0)
        if file in seen:
            continue
        seen.add(file)
        for name in imported_modules(file):
            local = local_file(name, roots)
            if local is not None:
                files.append(local)
            elif not is_local(name, roots):
                found[name] = None
    return [name for name in found if importable(name)]


def local_roots() -> list[Path]:
    """Return the folders on the path that hold the user's code."""
    library = Path(ast.__file__).parent
    paths = [Path(entry) for entry in sys.path if entry]
    return [
        path
        for path in paths
        if path.is_dir() and library not in (path, *path.parents) and path.name not in INSTALLED
    ]


def local_file(name: str, roots: list[Path]) -> Path | None:
    """Find the file of a local module."""
    parts = name.split(".")
    for root in roots:
        base = root.joinpath(*parts)
        for file in (base.with_suffix(".py"), base / "__init__.py"):
            if file.is_file():
                return file
    return None


def is_local(name: str, roots: list[Path]) -> bool:
    """Return whether a name is inside of a local package."""
    first = name.partition(".")[0]
    return any((root / first).is_dir() or (root / f"{first}.py").is_file() for root in roots)


def importable(name: str) -> bool:
    """Return whether a name is a module, not a class or function in one."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def imported_modules(file: Path) -> Iterator[str]:
    """Return the modules that a file imports at its top or reaches through such a package.

    `import pulumi_aws as aws` with `aws.ssm.Parameter` gives pulumi_aws and pulumi_aws.ssm.
    """
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    names: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {a.asname or a.name.partition(".")[0]: a.name for a in node.names}
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
    yield from attribute_modules(ast.walk(tree), names)


def attribute_modules(nodes: Iterable[ast.AST], names: dict[str, str]) -> Iterator[str]:
    """Return what is taken from imported packages by a dot; `names` maps their local names."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = names.get(node.value.id)
            if module:
                yield f"{module}.{node.attr}"
