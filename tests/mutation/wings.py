"""What is mutated, and which tests belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wing:
    """Modules that are judged together."""

    name: str
    folders: tuple[str, ...]
    tests: tuple[str, ...]
    """Asked last, after the module's own file of tests and those of its folder."""

    def modules(self, root: Path) -> list[Path]:
        """Its files, relative to the checkout."""
        found = (file for folder in self.folders for file in (root / folder).rglob("*.py"))
        return sorted(file.relative_to(root) for file in found if file.name != "__init__.py")

    def tests_of(self, module: Path, root: Path) -> tuple[str, ...]:
        """The tests of one module, those that are nearest to it first."""
        folder = root / "tests" / module.parent
        twins = sorted(folder.glob(f"test_{module.stem}*.py"))
        near = [*twins, *([folder] if folder.is_dir() else [])]
        return (*(str(path.relative_to(root)) for path in near), *self.tests)


ENGINE = tuple(f"localcloud/engine/{room}" for room in ("planning", "state", "backend", "project"))
WINGS = (
    Wing(
        "orchestrator",
        tuple(f"orchestrator/{room}" for room in ("verbs", "runs", "preflight", "settings")),
        ("tests/orchestrator",),
    ),
    Wing("engine", ENGINE, ("tests/localcloud/engine",)),
    Wing("provider", ("localcloud/provider/base",), ("tests/localcloud/provider",)),
    Wing("shared", ("shared",), ("tests/shared", "tests/stacks")),
    Wing("functions", ("lambda_src",), ("tests/lambda_src",)),
)
