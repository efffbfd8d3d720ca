"""What came of it, as docs/mutation.md tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

REPORT = "docs/mutation.md"
HEAD = """# Mutation testing

`./invoke mutate` makes small mistakes in the code, one at a time, and runs the tests that belong to
the module. A mistake that no test finds is a survivor: a test is missing there, or the mistake
makes no difference. Nobody picks them: each wing's are drawn by lot, and `--seed` repeats a draw.

    ./invoke mutate                                         # 150 mutants; writes this page
    ./invoke mutate --path orchestrator/runs                # of one folder or file; writes nothing
    ./invoke mutate --path shared/iam.py --sample 0         # all of them
    ./invoke mutate --workers 1                             # leaves the other cores alone

A mutant takes from a few seconds (found) to a minute (survivor) of one core, so this is for the
night or by hand. Which mistakes are made: `tests/mutation/operators.py`. What is mutated and which
tests are asked: `tests/mutation/wings.py`.
"""


@dataclass(frozen=True)
class Verdict:
    """One mutant and whether a test found it."""

    wing: str
    where: str
    before: str
    after: str
    found: bool

    @classmethod
    def of(cls, wing: str, where: str, before: str, after: str, *, found: bool) -> Verdict:
        """From the module's text before and after."""
        changes = list(unified_diff(before.splitlines(), after.splitlines(), n=0))[3:]
        was, now = (_joined(changes, sign) for sign in "-+")
        return cls(wing, where, was, now, found)

    def __str__(self) -> str:
        return f"{self.where}: `{self.before}` → `{self.after}`"


def _joined(changes: Sequence[str], sign: str) -> str:
    return " ".join(line[1:].strip() for line in changes if line.startswith(sign))


def page(verdicts: Sequence[Verdict], *, seed: int) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_table(verdicts, seed), "", *_survivors(verdicts)]) + "\n"


def summary(verdicts: Sequence[Verdict]) -> str:
    """One line."""
    return f"{_score(verdicts)} of {len(verdicts)} mutants found"


def _table(verdicts: Sequence[Verdict], seed: int) -> Iterator[str]:
    yield f"The last run, of {len(verdicts)} mutants (`--sample {len(verdicts)} --seed {seed}`):\n"
    yield "| wing | mutants | found | score |"
    yield "| --- | ---: | ---: | ---: |"
    wings = {verdict.wing: None for verdict in verdicts}
    groups = {wing: [each for each in verdicts if each.wing == wing] for wing in wings}
    for wing, group in (groups | {"**all**": list(verdicts)}).items():
        found = sum(each.found for each in group)
        yield f"| {wing} | {len(group)} | {found} | {_score(group)} |"


def _score(verdicts: Sequence[Verdict]) -> str:
    return f"{sum(each.found for each in verdicts) / max(len(verdicts), 1):.0%}"


def _survivors(verdicts: Sequence[Verdict]) -> Iterator[str]:
    left = [each for each in verdicts if not each.found]
    yield "## Survivors\n" if left else "No mutant survived."
    yield from (f"- {each}" for each in left)
