"""What the next deployment of a layer takes away while others may still hold on to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Configured = Callable[[str], Any]
"""The value of a setting in the stack file, its default if it has none."""
Outputs = Callable[[], Mapping[str, Any]]
"""What the stack publishes by now; asking may take a second."""


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """Something that readers of a field must let go of first.

    As one sentence: <setting>, which <what> of <the stack>, and <a reader> <holds>: <because>.
    """

    field: str
    setting: str
    what: str
    holds: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Release:
    """The setting by which a reader lets go, and the value that it takes."""

    setting: str
    value: bool
