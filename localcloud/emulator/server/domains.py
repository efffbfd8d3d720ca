"""Domains of one's own: everything below one belongs to the API behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def route_custom_domains() -> None:
    """Let an API answer for every path of its domain.

    MiniStack keeps some paths of any host (/health, for one) for answers of its own.
    """
    from ministack import app

    own_answers = app._handle_pre_body_request

    async def answered(
        method: str, path: str, headers: Mapping[str, str], query: Mapping[str, Any], id: str
    ) -> Any:
        if app._resolve_custom_domain_request(headers.get("host", ""), path) is not None:
            return None
        return await own_answers(method, path, headers, query, id)

    app._handle_pre_body_request = answered
