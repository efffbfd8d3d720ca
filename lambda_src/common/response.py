"""Responses, all of one make: JSON, correlation id, security headers, CORS for known origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from common import payload
from common.errors import ServiceError

SECURITY: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
EXPOSED: Final = "ETag, Location, Retry-After, X-Correlation-Id"


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a route answers: a status and a JSON value (None: no body)."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def failure(error: ServiceError, correlation_id: str) -> Response:
    """The one error body."""
    message = str(error) if type(error) is not ServiceError else "Something went wrong on our side."
    shown = {"code": error.code, "message": message, "correlation_id": correlation_id}
    headers = {"Retry-After": "1"} if error.status == 503 else {}
    return Response(status=error.status, body={"error": shown}, headers=headers)


def rendered(
    response: Response, *, correlation_id: str, origin: str | None, origins: str
) -> dict[str, Any]:
    """The proxy integration's answer, the same for payload formats 1.0 and 2.0."""
    headers = {**SECURITY, "X-Correlation-Id": correlation_id, **cors(origin, origins)}
    if response.body is not None:
        headers["Content-Type"] = "application/json"
    return {
        "statusCode": response.status,
        "headers": {**headers, **response.headers},
        "body": "" if response.body is None else payload.dumps(response.body),
        "isBase64Encoded": False,
    }


def cors(origin: str | None, origins: str) -> dict[str, str]:
    """CORS headers: the caller's origin when it is one of the configured (comma-separated) ones."""
    allowed = {each.strip() for each in origins.split(",")} - {"", "*"}
    if not allowed:
        return {}
    if origin not in allowed or origin is None:
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
        "Vary": "Origin",
    }
