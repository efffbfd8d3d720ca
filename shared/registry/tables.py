"""The tables of the system: the one list that layer data builds and everything else goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

TableName = Literal[
    "records",
    "users",
    "items",
    "idempotency",
]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table whose keys are strings; all else is the same for all, and a setting of layer data."""

    hash_key: str = "id"
    range_key: str | None = None
    stream: Literal["NEW_AND_OLD_IMAGES"] | None = None
    insights: bool = False
    """CloudWatch shows its most used keys, unless `data:contributor_insights` is false."""
    replicated: bool = False
    """It has a copy in each region of `data:replica_regions`."""


TABLES: Final[Mapping[TableName, Table]] = {
    "records": Table(
        hash_key="symbol",
        range_key="timestamp",
        stream="NEW_AND_OLD_IMAGES",
        insights=True,
        replicated=True,
    ),
    "users": Table(),
    "items": Table(),
    "idempotency": Table(),
}
