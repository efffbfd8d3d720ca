"""The checks of the code itself: format, lint, types, import rules, tests, benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from orchestrator.errors import MicrostackError, UsageError
from orchestrator.preflight.completeness import refuse_incomplete

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "installer", "launcher", "orchestrator", "localcloud", "shared", "lambda_src", "stacks",
    "tests", "tasks.py",
)  # fmt: skip

MENDED = ("format", "lint", "generated files")
"""What `./invoke check --fix` mends by itself, as far as it can."""


class CheckFailed(MicrostackError):
    """A check is red; its output stands above."""


def check(root: Path, *, fix: bool, static: bool) -> None:
    """What is half-done, format, lint, types and import rules; then the tests unless `static`."""
    refuse_incomplete(root)
    for name, command in _static_checks(root, fix=fix):
        _run(root, name, command)
    for program in sorted((root / "stacks").glob("*/__main__.py")):
        # Five programs share the name __main__, in folders that are no Python names.
        # One cache for all: reading the AWS SDK takes mypy a minute.
        shared = (f"--config-file={root / 'pyproject.toml'}", f"--cache-dir={root / '.mypy_cache'}")
        _run(program.parent, f"types of {program.parent.name}", _module("mypy", *shared, "."))
    if not static:
        test(root, "tests", fast=False)


def test(root: Path, path: str, *, fast: bool) -> None:
    """pytest on every core; a file's tests stay together, as they share what they deploy.

    `path` may go on to one test, as pytest writes it: `tests/test_layout.py::test_name`.
    `fast` leaves out what is end to end or slow by its nature, as tests/README.md names it.
    """
    if not (root / path.split("::")[0]).exists():
        raise UsageError(
            f"There is no file or folder {path!r} of tests: name one, e.g. tests/orchestrator, "
            "or leave --path out."
        )
    one = "::" in path  # other processes would only be waited for
    workers = "0" if one else str(min(os.cpu_count() or 2, 8))
    # In their own order: tests/e2e, where the long ones are, comes early.
    spread = ("-n", workers, "--dist", "loadfile", "--no-loadscope-reorder")
    chosen = ("-m", "not e2e and not slow") if fast else ()
    _run(root, "tests", _module("pytest", path, *spread, *chosen))


def bench(root: Path, name: str) -> None:
    """The benchmarks, each in processes of its own."""
    from tests.benchmarks.__main__ import BENCHMARKS

    if name and name not in BENCHMARKS:
        known = ", ".join(BENCHMARKS)
        raise UsageError(f"There is no benchmark {name!r}. The benchmarks are: {known}.")
    _run(root, "benchmarks", _module("tests.benchmarks", *([name] if name else [])))


def mutate(*, path: str, sample: str, seed: str, workers: str) -> None:
    """Mutation testing: small mistakes, one at a time, and which of them no test finds."""
    told = {"--path": path, "--sample": sample, "--seed": seed, "--workers": workers}
    for name, value in told.items():
        if value and name != "--path" and not value.isdecimal():
            raise UsageError(f"{value!r} is no number: give one to {name}, or leave it out.")
    if not (ROOT / path).exists():
        raise UsageError(f"There is no file or folder {path!r} of code: name one, e.g. shared.")
    options = [word for name, value in told.items() if value for word in (name, value)]
    _run(ROOT, "mutants", _module("tests.mutation", *options))


def _static_checks(root: Path, *, fix: bool) -> Iterable[tuple[str, list[str]]]:
    sources = [name for name in SOURCES if (root / name).exists()]
    yield "format", _module("ruff", "format", *([] if fix else ["--check"]), "--quiet", *sources)
    yield "lint", _module("ruff", "check", *(["--fix"] if fix else []), "--quiet", *sources)
    made = _module("orchestrator.verbs.generated_files", *(["--fix"] if fix else []))
    yield "generated files", made
    yield "types", _module("mypy", *[name for name in sources if name != "stacks"])
    yield "import rules", [str(Path(sys.executable).with_name("lint-imports"))]


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _run(folder: Path, name: str, command: list[str]) -> None:
    console = Console(stderr=True)
    console.print(f"[bold]{name}[/] …", highlight=False)
    began = time.monotonic()
    # Functions import `common` from the top level: so it stands in the Lambda layer.
    paths = os.pathsep.join([str(ROOT), str(ROOT / "lambda_src")])
    environment = {**os.environ, "PYTHONPATH": paths, "MYPYPATH": str(ROOT)}
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
        mend = " To mend what can be: ./invoke check --fix" if name in MENDED else ""
        raise CheckFailed(f"{name}: red; see above.{mend}")
    console.print(f"[green]✓[/] {name} ({time.monotonic() - began:.1f} s)", highlight=False)
