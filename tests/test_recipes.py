"""How the page of recipes is read: a recipe that would not be carried out must not pass for one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.recipes import RECIPES, Block, recipes

ROOT = Path(__file__).resolve().parent.parent
TITLES = [
    "Add a table",
    "Add a function",
    "Add a route",
    "Add a setting",
    "Add an environment",
    "Add a layer",
    "Add a resource type",
]
SAMPLE = """# Page

## Recipes

### Add a line
`a/b.py`:

```diff
 one
-two
+three
@@
 four

+five
```

`c.json`:
```json
{}
```

```sh
./invoke up data --env "a b"  # now
```

```text
1 created … s
```

## After
### Not one
"""


def test_the_page_has_every_recipe() -> None:
    assert [recipe.title for recipe in RECIPES] == TITLES
    for recipe in RECIPES:
        assert {"sh", "text"} <= {block.kind for block in recipe.blocks}


def test_the_files_of_all_recipes_fit_the_tree(tmp_path: Path) -> None:
    """In their order; tests/e2e/test_recipes.py also runs their commands."""
    blocks = [block for recipe in RECIPES for block in recipe.blocks if block.path]
    for block in blocks:
        copy = tmp_path / block.path
        if block.kind == "diff" and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / block.path, copy)
        assert block.kind == "diff" or not (ROOT / block.path).exists(), block.path
        block.write(tmp_path)


def test_a_recipe_is_its_blocks(tmp_path: Path) -> None:
    [recipe] = recipes(SAMPLE)
    change, made, commands, seen = recipe.blocks
    assert recipe.title == "Add a line"
    assert recipe.files == {"a/b.py", "c.json"}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text("one\ntwo\nfour\n\nsix\n")
    change.write(tmp_path)
    made.write(tmp_path)
    assert (tmp_path / "a" / "b.py").read_text() == "one\nthree\nfour\n\nfive\nsix\n"
    assert (tmp_path / "c.json").read_text() == "{}\n"
    assert commands.commands == [["./invoke", "up", "data", "--env", "a b"]]
    assert seen.unseen("✓ data: 1   created (2.1 s)") == []
    assert seen.unseen("✓ data: 2 created (2.1 s)") == ["1 created … s"]


def test_what_a_change_expects_must_be_there_once(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one\none\n")
    with pytest.raises(AssertionError, match=r"a\.py has 2 times"):
        Block("diff", " one\n+two\n", "a.py").write(tmp_path)


def test_a_file_is_not_made_twice(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    with pytest.raises(AssertionError, match="there already"):
        Block("python", "", "a.py").write(tmp_path)


def test_a_block_whose_file_is_not_named_is_no_step() -> None:
    with pytest.raises(AssertionError):
        list(recipes("\n## Recipes\n\n### Add\n\nText:\n```python\nx = 1\n```\n"))
