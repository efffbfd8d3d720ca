"""A checkout with something half-done in it, before anything is run from it."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import Incomplete
from shared.completeness import gaps


def refuse_incomplete(root: Path) -> None:
    """Refuse a checkout in which a function, table or layer has gaps, and name all of them."""
    if found := gaps(root):
        listed = "".join(f"\n  {gap}" for gap in found)
        raise Incomplete(f"The checkout is half-done, so nothing was run:{listed}")
