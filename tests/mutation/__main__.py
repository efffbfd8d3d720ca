"""`./invoke mutate`: makes small mistakes, one at a time, and sees which ones no test finds."""

from __future__ import annotations

import argparse
import ast
import os
import random
import secrets
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.mutating import mutate_code
from rich.console import Console

from tests.checkout import ROOT
from tests.mutation.bench import Bench, log_of
from tests.mutation.operators import mutations
from tests.mutation.report import REPORT, Verdict, page, summary
from tests.mutation.wings import WINGS, Wing


@dataclass(frozen=True)
class Mutant:
    """One mistake: which operator, at which of its places in the module."""

    wing: Wing
    module: Path
    line: int
    operator: str
    occurrence: int

    def made_in(self, source: str) -> str:
        """The module's text with the mistake in it."""
        operator = plugins.get_operator(self.operator)()
        return str(mutate_code(source, operator, self.occurrence))

    def compiles(self) -> bool:
        """Whether it is Python: `if not x := y` is none."""
        try:
            ast.parse(self.made_in((ROOT / self.module).read_text(encoding="utf-8")))
        except SyntaxError:
            return False
        return True


def mutants(wing: Wing, below: Path, dice: random.Random) -> list[Mutant]:
    """One mistake for each place where one can be made, in random order."""
    found: dict[tuple[Path, tuple[int, int]], list[Mutant]] = {}
    for module in wing.modules(ROOT):
        if module.is_relative_to(below):
            source = (ROOT / module).read_text(encoding="utf-8")
            for operator, occurrence, (start, _) in mutations(source):
                mutant = Mutant(wing, module, start[0], operator, occurrence)
                found.setdefault((module, start), []).append(mutant)
    each = [dice.choice(choices) for choices in found.values()]
    return dice.sample(each, len(each))


def sample(wings: Iterable[Wing], below: Path, size: int, dice: random.Random) -> list[Mutant]:
    """`size` mutants, from each wing as many, as far as it has them; 0: all."""
    left = [mutants(wing, below, dice) for wing in wings]
    chosen: list[Mutant] = []
    while any(left) and not 0 < size <= len(chosen):
        drawn = (each.pop() for each in left if each)
        chosen += [mutant for mutant in drawn if mutant.compiles()]
    return chosen[: size or None]


def patience_of(wings: Iterable[Wing], bench: Bench) -> Iterator[tuple[Wing, float]]:
    """How long a wing's tests may take before they hang; they must be green to begin with."""
    for wing in wings:
        began = time.monotonic()
        with bench.copy() as copy:
            if not bench.green(copy, wing.tests):
                print(log_of(copy).read_text(encoding="utf-8"))
                raise SystemExit("Red without any mutation, see above. Mend that first.")
        yield wing, 60 + 5 * (time.monotonic() - began)


def tried(mutant: Mutant, bench: Bench, patience: float) -> Verdict:
    """Whether a test finds it."""
    with bench.copy() as copy:
        file = copy.root / mutant.module
        before = file.read_text(encoding="utf-8")
        after = mutant.made_in(before)
        tests = mutant.wing.tests_of(mutant.module, copy.root)
        with bench.mistaken(file, after):
            found = not bench.green(copy, tests, patience=patience)
    return Verdict.of(
        mutant.wing.name, f"{mutant.module}:{mutant.line}", before, after, found=found
    )


def all_tried(chosen: list[Mutant], bench: Bench, workers: int) -> Iterator[Verdict]:
    """One after the other, in the order of the draw."""
    patience = dict(patience_of(dict.fromkeys(mutant.wing for mutant in chosen), bench))
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(lambda each: tried(each, bench, patience[each.wing]), chosen)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            bench.end()
            raise


def main() -> None:
    """Draw, try, tell."""
    asked, console, verdicts = _arguments(), Console(stderr=True), []
    chosen = sample(WINGS, asked.path, asked.sample, random.Random(asked.seed))
    console.print(f"{len(chosen)} mutants, --seed {asked.seed}", highlight=False)
    with tempfile.TemporaryDirectory(prefix="microstack-mutants-") as folder:
        for verdict in all_tried(chosen, Bench(Path(folder), asked.workers), asked.workers):
            verdicts.append(verdict)
            mark = "✓ found" if verdict.found else "✗ SURVIVED"
            line = f"{len(verdicts)}/{len(chosen)} {mark} {verdict}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(summary(verdicts), highlight=False)
    if asked.path == Path():
        (ROOT / REPORT).write_text(page(verdicts, seed=asked.seed), encoding="utf-8")
        console.print(f"Written: {REPORT}", highlight=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", type=Path, default=Path())
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**16))
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 8))
    return parser.parse_args()


if __name__ == "__main__":
    main()
