"""An HTTP request as the functions see it, whichever API Gateway payload format brought it.

REST APIs send payload 1.0; HTTP APIs send 1.0 or 2.0. Both become the same `Request`.
Source of the formats: API Gateway developer guide, "AWS Lambda proxy integrations".
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from common import payload
from common.errors import (
    InvalidBody,
    InvalidHeader,
    InvalidJson,
    InvalidQuery,
    InvalidRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
)

MAX_BODY: Final = 256 * 1024
"""Bytes of a request body; a record or an entity is far smaller."""
CORRELATION_ID: Final = re.compile(r"[A-Za-z0-9._:=-]{1,128}")
TOKEN: Final = re.compile(r"[A-Za-z0-9._:=-]{1,128}")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a route needs to know of a request."""

    route: str
    """`METHOD /resource/{parameter}`, the key of the route table."""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: str | None = None
    encoded: bool = False
    """Whether the body is base64."""
    stage: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    correlation_id: str = ""
    caller: str = "anonymous"
    """Who is asking: an ARN or a token's subject; never a credential."""

    def json_object(self) -> Mapping[str, Any]:
        """The body, which must be a JSON object."""
        value = payload.loads(self._text())
        if not isinstance(value, dict):
            raise InvalidBody("The body must be a JSON object.")
        return value

    def parameters(self, *allowed: str) -> dict[str, str]:
        """The query parameters, each known and given once."""
        for name, values in self.query.items():
            if name not in allowed:
                raise InvalidQuery(f"There is no query parameter {name[:64]!r} here.")
            if len(values) != 1:
                raise InvalidQuery(f"The query parameter {name!r} is given more than once.")
        return {name: values[0] for name, values in self.query.items()}

    def idempotency_key(self) -> str | None:
        """The client's token for a request that it may repeat."""
        key = self.headers.get("idempotency-key")
        if key is not None and not TOKEN.fullmatch(key):
            raise InvalidHeader("Idempotency-Key must be 1 to 128 of A-Z a-z 0-9 . _ : = -")
        return key

    def _text(self) -> str:
        self._check_media_type()
        data = self._data()
        if len(data) > MAX_BODY:
            raise PayloadTooLarge(f"The body is larger than {MAX_BODY} bytes.")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidJson("The body is not UTF-8.") from None
        if not text.strip():
            raise InvalidBody("The request needs a JSON body.")
        return text

    def _check_media_type(self) -> None:
        kind = self.headers.get("content-type", "application/json").partition(";")[0].strip()
        if kind and not re.fullmatch(r"application/([\w.-]+\+)?json", kind, re.IGNORECASE):
            raise UnsupportedMediaType("The body must be application/json.")

    def _data(self) -> bytes:
        body = self.body or ""
        try:
            return base64.b64decode(body, validate=True) if self.encoded else body.encode()
        except (binascii.Error, ValueError):
            raise InvalidJson("The body is not what its encoding says.") from None


def parse(event: Any) -> Request:
    """Make a Request of a proxy event; anything else is InvalidRequest."""
    if not isinstance(event, Mapping) or not isinstance(event.get("requestContext"), Mapping):
        raise InvalidRequest("This is not an HTTP request.")
    context = event["requestContext"]
    headers = _lower(event.get("headers"))
    request_id = str(context.get("requestId") or uuid.uuid4())
    return Request(
        route=_route(event),
        path={name: unquote(str(v)) for name, v in (event.get("pathParameters") or {}).items()},
        query=_query(event),
        headers=headers,
        body=event["body"] if isinstance(event.get("body"), str) else None,
        encoded=bool(event.get("isBase64Encoded")),
        stage=event.get("stageVariables") or {},
        request_id=request_id,
        correlation_id=_correlation_id(headers, request_id),
        caller=_caller(context),
    )


def _route(event: Mapping[str, Any]) -> str:
    if "routeKey" in event:
        return str(event["routeKey"])
    return f"{event.get('httpMethod')} {event.get('resource')}"


def _lower(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (headers or {}).items()}


def _query(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    if "rawQueryString" in event:
        result: dict[str, tuple[str, ...]] = {}
        for name, value in parse_qsl(event["rawQueryString"], keep_blank_values=True):
            result[name] = (*result.get(name, ()), value)
        return result
    multiple = event.get("multiValueQueryStringParameters") or {}
    single = event.get("queryStringParameters") or {}
    return {name: (value,) for name, value in single.items()} | {
        name: tuple(values) for name, values in multiple.items()
    }


def _correlation_id(headers: Mapping[str, str], request_id: str) -> str:
    given = headers.get("x-correlation-id", "")
    return given if CORRELATION_ID.fullmatch(given) else request_id


def _caller(context: Mapping[str, Any]) -> str:
    authorizer = context.get("authorizer") or {}
    identity = (context.get("identity") or {}) | (authorizer.get("iam") or {})
    claims = authorizer.get("claims") or (authorizer.get("jwt") or {}).get("claims") or {}
    caller = identity.get("userArn") or claims.get("sub") or authorizer.get("principalId")
    return str(caller or "anonymous")
