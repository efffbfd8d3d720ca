"""What a caller may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from common.errors import InvalidPath, InvalidQuery
from common.paging import limit_of
from common.records import SYMBOL, canonical_time

FIRST, LAST = "0000", "9999-12-31T23:59:59.999999Z"
"""Before and after every stored timestamp."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A symbol's records from one moment to another, both included, oldest first."""

    symbol: str
    start: str
    end: str
    limit: int
    cursor: str | None = None

    @classmethod
    def of(cls, symbol: str, parameters: dict[str, str]) -> Self:
        """Make a query of a checked symbol and query parameters; InvalidQuery names a wrong one."""
        start, end = time_of(parameters, "from", FIRST), time_of(parameters, "to", LAST)
        if start > end:
            raise InvalidQuery("from is later than to.")
        return cls(
            symbol=symbol,
            start=start,
            end=end,
            limit=limit_of(parameters),
            cursor=parameters.get("cursor"),
        )

    @property
    def words(self) -> tuple[str, ...]:
        """What a cursor is bound to: all but the page size."""
        return ("records", self.symbol, self.start, self.end)


def symbol_in_query(parameters: Mapping[str, str]) -> str:
    """The `symbol` parameter; InvalidQuery unless it is there and well-formed."""
    symbol = parameters.get("symbol", "")
    if not SYMBOL.fullmatch(symbol):
        raise InvalidQuery("symbol is required: up to 12 of A-Z 0-9 . -")
    return symbol


def symbol_in_path(path: Mapping[str, str]) -> str:
    """The symbol of the path; InvalidPath unless it is well-formed."""
    symbol = path.get("symbol", "")
    if not SYMBOL.fullmatch(symbol):
        raise InvalidPath("The symbol must be up to 12 of A-Z 0-9 . -")
    return symbol


def time_of(parameters: Mapping[str, str], name: str, default: str) -> str:
    """A time parameter in its stored form."""
    text = parameters.get(name)
    if text is None:
        return default
    # An unescaped + arrives as a space.
    stored = canonical_time(text.replace(" ", "+"))
    if stored is None:
        raise InvalidQuery(f"{name} must be an RFC 3339 time such as 2025-01-31T09:30:00Z.")
    return stored
