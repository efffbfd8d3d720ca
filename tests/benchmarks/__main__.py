"""`./invoke bench [NAME]`: measures what docs/benchmarks.md lists, in a copy of the checkout.

Each figure is one cold run, as a user would have it, or the median of three; again for the spread.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Figure
from tests.benchmarks.handlers import compare
from tests.benchmarks.memory import PeakMemory
from tests.benchmarks.setup import compare as compare_setup
from tests.checkout import Checkout
from tests.everything import switch_on

PARAMETERS = 1_000
REPEATED = 3
"""Runs of what takes so short that one may be out of the ordinary; the median counts."""


def layers(checkout: Checkout) -> list[Figure]:
    """All five layers: first deployment (emulator start included), second run, destroy."""
    first = _seconds(checkout, "deploy-all")
    second = median(_seconds(checkout, "deploy-all") for _ in range(REPEATED))
    destroy = _seconds(checkout, "destroy-all", "--yes")
    peak = _peak_megabytes(checkout, "deploy-all")
    return [
        Figure("first deploy of all layers", first, 25, "s"),
        Figure("second run", second, 5, "s"),
        Figure("destroy", destroy, 10, "s"),
        Figure("peak memory without function workers", peak, 400, "MB"),
    ]


def everything(checkout: Checkout) -> list[Figure]:
    """Every optional feature switched on; the emulator runs, for the domain needs a zone first."""
    switch_on(checkout)
    return [Figure("first deploy with everything on", _seconds(checkout, "deploy-all"), 60, "s")]


def parameters(checkout: Checkout) -> list[Figure]:
    """One stack of 1,000 SSM parameters: up, no-op, destroy."""
    _add_parameters_layer(checkout.root)
    checkout.invoke("emulator.start")
    up = _seconds(checkout, "up", "parameters")
    same = _seconds(checkout, "up", "parameters")
    destroy = _seconds(checkout, "destroy", "parameters", "--yes")
    return [
        Figure(f"{PARAMETERS} parameters: up", up, 15, "s"),
        Figure(f"{PARAMETERS} parameters: no-op", same, 8, "s"),
        Figure(f"{PARAMETERS} parameters: destroy", destroy, 6, "s"),
    ]


def handlers(checkout: Checkout) -> list[Figure]:
    """Our functions against ones that do nothing but the same calls of AWS."""
    with _running(checkout, "deploy-all"):
        pass
    return compare(checkout)


def setup(checkout: Checkout) -> list[Figure]:
    """The first deployment of a new user, packages included, against pip's."""
    return compare_setup(checkout.root.parent)


BENCHMARKS: dict[str, Callable[[Checkout], list[Figure]]] = {
    "layers": layers,
    "everything": everything,
    "parameters": parameters,
    "handlers": handlers,
    "setup": setup,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; exit code 1 if a limit is passed."""
    figures = [figure for name in names or BENCHMARKS for figure in _run(name)]
    _print(figures)
    return 0 if all(figure.held for figure in figures) else 1


def _run(name: str) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="microstack-bench-") as folder:
        checkout = Checkout.make(Path(folder))
        try:
            return BENCHMARKS[name](checkout)
        finally:
            checkout.stop()


def _seconds(checkout: Checkout, *arguments: str) -> float:
    """How long one task takes, from the command to its end."""
    began = time.monotonic()
    with _running(checkout, *arguments):
        pass
    return time.monotonic() - began


def _peak_megabytes(checkout: Checkout, *arguments: str) -> float:
    """The most memory that one task takes; a run of its own, because looking costs time."""
    with _running(checkout, *arguments) as task, PeakMemory(task.pid, checkout.root) as memory:
        task.wait()
    return memory.peak / 1e6


@contextmanager
def _running(checkout: Checkout, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a task, waited for at the end; one that fails ends the benchmark with its words."""
    log = checkout.root.parent / "bench.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            checkout.command(*arguments),
            cwd=checkout.root,
            env=checkout.environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        yield process
        code = process.wait()
    if code:
        raise SystemExit(f"{' '.join(arguments)} ended with {code}:\n{log.read_text()}")


def _add_parameters_layer(root: Path) -> None:
    folder = root / "stacks" / "parameters"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: parameters\nruntime: python\n")
    (folder / "__main__.py").write_text(
        "import pulumi_aws as aws\n\n"
        f"for number in range({PARAMETERS}):\n"
        '    aws.ssm.Parameter(f"p{number}", type="String", value=str(number))\n'
    )


def _print(figures: list[Figure]) -> None:
    table = Table(title="benchmarks")
    for heading in ("figure", "measured", "limit", ""):
        table.add_column(heading, justify="right" if heading in ("measured", "limit") else "left")
    for figure in figures:
        mark = "[green]✓[/]" if figure.held else "[red]✗[/]"
        table.add_row(figure.name, figure.measured, figure.bound, mark)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
