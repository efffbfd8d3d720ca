"""Each recipe of CONTRIBUTING.md, carried out on a copy where all is deployed.

They build on each other, as on the page: a recipe that is asked for alone brings those before it.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.checkout import ROOT, Checkout, fresh
from tests.recipes import RECIPES, Recipe

BY_THE_LISTS = (
    "tests/lambda_src/orders",
    "tests/lambda_src/test_routes.py",
    "tests/orchestrator/checkout",
    "tests/orchestrator/verbs/test_generated_files.py",
    "tests/shared/test_contracts.py",
    "tests/shared/test_tags.py",
    "tests/stacks",
    "tests/test_docs.py",
    "tests/test_layout.py",
    "tests/test_maps.py",
)
"""Tests of what every table, function and layer has."""


@dataclass
class Kitchen:
    """The copy, and the recipes that were carried out in it."""

    checkout: Checkout
    done: list[Recipe] = field(default_factory=list)

    def carry_out(self, recipe: Recipe) -> None:
        """Its blocks in their order, after all recipes before it."""
        for each in RECIPES[len(self.done) : RECIPES.index(recipe) + 1]:
            self.done.append(each)
            self._blocks(each)

    def _blocks(self, recipe: Recipe) -> None:
        printed = ""
        for block in recipe.blocks:
            if block.kind == "sh":
                printed = self.run(block.text)
            elif block.kind == "text":
                assert block.unseen(printed) == [], printed
            else:
                block.write(self.checkout.root)

    def run(self, commands: str) -> str:
        """A block of commands, as typed in the root; what they printed."""
        done = subprocess.run(
            ["sh", "-euc", commands],
            cwd=self.checkout.root,
            env=self.checkout.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    with fresh(tmp_path_factory.mktemp("recipes")) as checkout:
        # As tests start tasks: without a look at .venv, which is not the copy's.
        command = shlex.join(checkout.command())
        (checkout.root / "invoke").write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        checkout.invoke("deploy-all")
        yield Kitchen(checkout)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_a_recipe_does_what_it_says(kitchen: Kitchen, recipe: Recipe) -> None:
    kitchen.carry_out(recipe)


def test_after_all_of_them_the_tests_that_go_by_the_lists_are_green(kitchen: Kitchen) -> None:
    kitchen.carry_out(RECIPES[-1])
    kitchen.run(".venv/bin/python -m orchestrator.verbs.generated_files --fix")
    kitchen.run(f".venv/bin/python -m pytest -q {' '.join(BY_THE_LISTS)}")


def test_after_all_of_them_the_checks_are_green(kitchen: Kitchen) -> None:
    """As `./invoke check --static` runs them, and types of what the recipes touched alone."""
    kitchen.carry_out(RECIPES[-1])
    root = kitchen.checkout.root
    if (known := ROOT / ".mypy_cache").is_dir():  # or mypy reads the AWS SDK for a minute
        shutil.copytree(known, root / ".mypy_cache", dirs_exist_ok=True)
    kitchen.run(".venv/bin/ruff format --check . && .venv/bin/ruff check .")
    kitchen.run(".venv/bin/python -m orchestrator.verbs.generated_files --fix")
    kitchen.run(
        ".venv/bin/python -c 'from pathlib import Path\n"
        "from shared.completeness import gaps\n"
        "assert gaps(Path()) == [], gaps(Path())'"
    )
    kitchen.run("PYTHONPATH=.:lambda_src .venv/bin/lint-imports")
    touched = {path for recipe in RECIPES for path in recipe.files if path.endswith(".py")}
    programs = {path.rsplit("/", 1)[0] for path in touched if path.startswith("stacks/")}
    others = sorted(path for path in touched if not path.startswith("stacks/"))
    kitchen.run(f"MYPYPATH=. .venv/bin/mypy {' '.join(others)}")
    settings = f"--config-file={root}/pyproject.toml --cache-dir={root}/.mypy_cache"
    for program in sorted(programs):
        kitchen.run(f"cd {program} && MYPYPATH={root} {root}/.venv/bin/mypy {settings} .")
