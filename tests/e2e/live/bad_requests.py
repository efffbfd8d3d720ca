"""Requests that no route can understand, made from the route table, and what must come back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import requests

from shared.api.routes import Route
from shared.api.schemas import schema
from tests.smoke.conftest import Api

JSON = {"Content-Type": "application/json"}
WRONG: Mapping[str, Any] = {
    "string": 7,
    "number": "much",
    "integer": 1.5,
}
"""A value of another type."""
INTERNAL = ("Traceback", "botocore", "dynamodb", "lambda_src", "arn:", "Exception", ".py", "None")
"""What only those who run the service should read."""


@dataclass(frozen=True, kw_only=True)
class Bad:
    """One request with something wrong, and the codes by which that is named."""

    what: str
    codes: tuple[str, ...]
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    says: str = ""
    """What the message must say."""


def bad_requests(route: Route) -> list[Bad]:
    """All that can be wrong with a request of this route."""
    return [*_bodies(route), *_paths(route), *_queries(route), *_headers(route)]


def problem(api: Api, route: Route, bad: Bad) -> str:
    """How the answer differs from a named error in the one form; empty if it does not."""
    path = route.path.format(**{"id": "absent", "symbol": "BAD", **bad.path})
    answer = api.request(route.method, path + bad.query, headers=dict(bad.headers), data=bad.body)
    said = f"{bad.what}: {answer.status_code} {answer.text[:200]}"
    return "" if 400 <= answer.status_code < 500 and _is_named(answer, bad) else said


def _is_named(answer: requests.Response, bad: Bad) -> bool:
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return False
    return (
        set(answer.json()) == {"error"}
        and set(error) == {"code", "message", "correlation_id"}
        and error["code"] in bad.codes
        and bool(error["message"] and error["correlation_id"])
        and bad.says in error["message"]
        and not any(word in answer.text for word in INTERNAL)
    )


def _fitting(route: Route) -> dict[str, Any]:
    """A body that fits."""
    return {**(route.sample or {}), **({"version": 1} if route.method == "PUT" else {})}


def _bodies(route: Route) -> Iterator[Bad]:
    if not route.body:
        return
    good, codes = _fitting(route), ("invalid_body", "invalid_json")
    raw = {
        "no body": b"",
        "no JSON": b"{",
        "no object": b"[1]",
        "null": b"null",
        "a text": b'"x"',
        "a key twice": json.dumps(good).replace("{", '{"name": "x", "name": "y", ', 1).encode(),
        "no number": json.dumps(good).replace("}", ', "price": NaN}').encode(),
        "too deep": b"[" * 10_000,
    }
    for what, body in raw.items():
        yield Bad(what=what, codes=codes, headers=JSON, body=body)
    for what, value in _values(route.body, good):
        yield Bad(what=what, codes=codes, headers=JSON, body=json.dumps(value).encode())
    whole = json.dumps(good).encode()
    yield Bad(
        what="another type",
        codes=("unsupported_media_type", "invalid_body"),
        headers={"Content-Type": "text/plain"},
        body=whole,
    )
    large = {**good, "padding": "x" * 300_000}
    yield Bad(
        what="too large",
        codes=("payload_too_large", "invalid_body"),
        headers=JSON,
        body=json.dumps(large).encode(),
    )


def _values(name: str, good: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    document = schema(name)
    yield "an unknown field", {**good, "colour": "red"}
    for required in document["required"]:
        yield f"no {required}", {key: value for key, value in good.items() if key != required}
    for field_name, part in document["properties"].items():
        yield f"{field_name} of another type", {**good, field_name: WRONG[part["type"]]}
        yield f"{field_name} null", {**good, field_name: None}
        if "maximum" in part:
            yield f"{field_name} too great", {**good, field_name: part["maximum"] + 1}
            yield f"{field_name} too small", {**good, field_name: part["minimum"] - 1}
        if part["type"] == "string":
            yield f"{field_name} too long", {**good, field_name: "x" * 5_000}


def _paths(route: Route) -> Iterator[Bad]:
    for name in route.path_parameters:
        for value in ("-", "a%20b", "%00", "é", "x" * 200, "%F0%9F%92%A5", "'%20OR%201=1"):
            yield Bad(
                what=f"{name} {value[:20]!r}",
                codes=("invalid_path",),
                path={name: value},
                **_good(route),
            )


QUERIES: Mapping[str, tuple[str, ...]] = {
    "symbol": ("", "lower", "A B", "A" * 50),
    "limit": ("0", "101", "-1", "ten", "1.5", ""),
    "cursor": ("made-up", "", "\0", "x" * 3_000),
    "from": ("yesterday", "2025-13-01T00:00:00Z"),
    "to": ("tomorrow", "2025-01-31"),
    "timestamp": ("now", "2025-01-31T09:30:00"),
}


def _good(route: Route) -> dict[str, Any]:
    """What a request of this route must have for nothing else to be wrong with it."""
    body = json.dumps(_fitting(route)).encode() if route.body else None
    return {"headers": {**JSON, "If-Match": '"1"'}, "body": body}


def _queries(route: Route) -> Iterator[Bad]:
    codes = ("invalid_query", "invalid_cursor")
    always = {name: "BAD" for name in route.required_query}
    for name in route.query:
        for value in QUERIES[name]:
            query = _query({**always, name: value})
            yield Bad(what=f"{name}={value[:20]}", codes=codes, query=query)
        twice = _query({**always, name: "1"}, {name: "2"})
        yield Bad(what=f"{name} twice", codes=codes, query=twice)
    for name in route.required_query:
        yield Bad(what=f"no {name}", codes=codes)
    yield Bad(
        what="unknown",
        codes=("invalid_query",),
        query=_query({**always, "colour": "red"}),
        says="colour",
        **_good(route),
    )


def _query(*parts: Mapping[str, str]) -> str:
    return "?" + urlencode([pair for part in parts for pair in part.items()], quote_via=quote)


def _headers(route: Route) -> Iterator[Bad]:
    names = {"POST": ["Idempotency-Key"], "PUT": ["If-Match"], "DELETE": ["If-Match"]}
    for name in names.get(route.method, []):
        for value in ("not fit!", "x" * 300, '"'):
            good = _good(route)
            headers = {**good["headers"], name: value}
            what = f"{name} {value[:20]!r}"
            yield Bad(what=what, codes=("invalid_header",), headers=headers, body=good["body"])
    if route.method == "DELETE":
        yield Bad(what="no If-Match", codes=("version_required",))
