"""A new function as CONTRIBUTING.md adds it, with its table, file by file."""

from __future__ import annotations

from pathlib import Path

from tests.recipes import RECIPES

_BLOCKS = [
    block
    for recipe in RECIPES
    if recipe.title in ("Add a table", "Add a function")
    for block in recipe.blocks
    if block.path
]
FILES = tuple(block.path for block in _BLOCKS)
"""All that it takes: three lists of all functions and tables, and five files of its own."""


def add(root: Path, *, without: str = "") -> None:
    """Add the function to the checkout at `root`, but for one file."""
    for block in _BLOCKS:
        if block.path != without:
            block.write(root)


def change(root: Path, name: str) -> None:
    """Change one of the files, as if it were all that there is to it."""
    [block] = [block for block in _BLOCKS if block.path == name]
    block.write(root)
