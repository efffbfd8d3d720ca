"""The `limit` and `cursor` of every route that answers in pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from common.aws import setting
from common.cursors import Cursors, SecretKeys
from common.errors import InvalidQuery
from common.values import Cached, secret

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 25


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the things asked for, and the cursor of the next page (None: that was all)."""

    items: Sequence[dict[str, Any]]
    cursor: str | None

    def body(self) -> dict[str, Any]:
        """As callers see it."""
        return {"items": list(self.items), "count": len(self.items), "cursor": self.cursor}


def limit_of(parameters: dict[str, str]) -> int:
    """Read the wanted page size: 1 to 100, 25 when nothing is said."""
    text = parameters.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidQuery(f"limit must be a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def cursors_from_environment() -> Cursors:
    """Cursors signed with the secret that SECRET_NAME names, read when the first one is needed."""
    name = setting("SECRET_NAME")
    cached = Cached(lambda: secret(name), life=300)
    return Cursors(SecretKeys(lambda newer_than: cached.get(newer_than=newer_than).text))
