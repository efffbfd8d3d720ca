"""The mistakes are mistakes, they are undone, and what is told of them is true."""

from __future__ import annotations

import ast
import contextlib
import random
from collections import Counter
from pathlib import Path

import pytest
from cosmic_ray import plugins
from cosmic_ray.mutating import mutate_code

from tests.checkout import ROOT
from tests.mutation.__main__ import sample
from tests.mutation.bench import Bench
from tests.mutation.operators import NegateIn, RemoveCall, mutations
from tests.mutation.report import Verdict, page
from tests.mutation.wings import WINGS, Wing

SOURCE = """
@dataclass(frozen=True)
class Door:
    def enter(self, who: str) -> bool:
        guard(who)
        for name in self.names:
            if name not in self.closed and self.open_at > 9:
                return True
        return "x" in who
"""


def made(source: str) -> set[str]:
    """Every text that comes of one mistake."""
    found = set()
    for name, occurrence, _ in mutations(source):
        found.add(mutate_code(source, plugins.get_operator(name)(), occurrence))
    return found


def differences(source: str) -> set[str]:
    before = source.splitlines()
    return {line.strip() for text in made(source) for line in set(text.splitlines()) - {*before}}


@pytest.mark.parametrize("operator", [RemoveCall, NegateIn])
def test_our_operators_do_what_their_examples_say(operator: type[RemoveCall | NegateIn]) -> None:
    for example in operator.examples():
        assert mutate_code(example.pre_mutation_code, operator(), 0) == example.post_mutation_code


def test_guards_conditions_loops_and_answers_are_mistaken() -> None:
    assert differences(SOURCE) >= {
        "pass",
        "for name in []:",
        "if name not in self.closed or self.open_at > 9:",
        "if name not in self.closed and self.open_at >= 9:",
        "return False",
        'return "x" not in who',
    }


def test_what_only_types_or_taste_could_find_is_left_alone() -> None:
    text = " ".join(differences(SOURCE))
    assert "frozen=False" not in text
    assert not {"10", "8"} & set(text.replace(":", " ").split())


@pytest.mark.parametrize("wing", WINGS, ids=lambda wing: wing.name)
def test_each_wing_has_modules_and_tests(wing: Wing) -> None:
    modules = wing.modules(ROOT)
    assert modules
    for module in modules:
        assert all((ROOT / path).exists() for path in wing.tests_of(module, ROOT))


def test_a_draw_is_fair_and_repeatable() -> None:
    wings = (
        Wing("ingest", ("lambda_src/ingest",), ()),
        Wing("process", ("lambda_src/process",), ()),
    )
    drawn = sample(wings, Path(), 10, random.Random(7))
    assert Counter(mutant.wing.name for mutant in drawn) == {"ingest": 5, "process": 5}
    assert drawn == sample(wings, Path(), 10, random.Random(7))
    assert drawn != sample(wings, Path(), 10, random.Random(8))


def test_every_place_of_a_module_is_mistaken_once_in_python() -> None:
    module = Path("shared/contract/upstream.py")
    before = (ROOT / module).read_text(encoding="utf-8")
    drawn = sample(WINGS, module, 0, random.Random(7))
    assert {mutant.module for mutant in drawn} == {module}
    texts = [mutant.made_in(before) for mutant in drawn]
    assert len(set(texts)) == len(texts) > 20
    assert ast.dump(ast.parse(before)) not in {ast.dump(ast.parse(text)) for text in texts}


def test_a_mistake_is_undone_and_python_sees_both(tmp_path: Path) -> None:
    module = tmp_path / "door.py"
    module.write_text("OPEN = 1\n")
    before, dates = module.read_bytes(), {module.stat().st_mtime}
    bench = Bench(tmp_path, 0)
    with contextlib.suppress(KeyboardInterrupt), bench.mistaken(module, "OPEN = 2\n"):
        assert module.read_text() == "OPEN = 2\n"
        dates.add(module.stat().st_mtime)
        raise KeyboardInterrupt
    assert module.read_bytes() == before
    assert len(dates | {module.stat().st_mtime}) == 3


def test_the_page_tells_score_and_survivors() -> None:
    wrong = Verdict.of("shared", "a.py:1", "if x:\n    y\n", "if not x:\n    y\n", found=False)
    right = Verdict.of("shared", "a.py:2", "@b\nc\n", "c\n", found=True)
    assert str(right) == "a.py:2: `@b` → ``"
    text = page([wrong, right], seed=5)
    assert "| shared | 2 | 1 | 50% |" in text
    assert text.count("\n- ") == 1
    assert "- a.py:1: `if x:` → `if not x:`" in text
