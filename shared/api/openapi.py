"""The OpenAPI 3.1 document, made from the route table and the functions' own JSON schemas.

Nothing in it is written twice: paths, bodies and statuses come from shared/api/routes.py, schemas
from shared/api/schemas.py. It differs by edge where the gateway speaks itself: a REST API does so
in our words, an HTTP API in its own (docs/adr/0008).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.api.routes import ROUTES, Route
from shared.api.schemas import SUFFIX, all_of, schema
from shared.registry.answers import ERRORS, OF_EITHER, OF_GATEWAY, Success

Json = dict[str, Any]

JSON: Final = "application/json"
CORRELATION: Final = "X-Correlation-Id"
DEFAULT_LIMIT, MAX_LIMIT = 25, 100
MAX_CURSOR: Final = 1024
"""Characters (lambda_src/common: paging.py and cursors.py; tests compare them)."""
TOKEN: Final = "^[A-Za-z0-9._:=-]{1,128}$"
"""An Idempotency-Key (lambda_src/common/request.py)."""
VERSION_TAG: Final = '^(W/)?"?[0-9]{1,12}"?$'
"""An If-Match (lambda_src/common/entity_routes.py)."""

SECURITY: Final[Mapping[str, Json]] = {
    "iam": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4, service `execute-api`.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "jwt": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
"""How callers show who they are, by the setting `auth`; `none` has nothing to show."""


GATEWAY_ERROR: Final[Json] = {
    "title": "GatewayError",
    "description": "What an HTTP API says itself; it cannot be told to say anything else.",
    "type": "object",
    "required": ["message"],
    "properties": {"message": {"type": ["string", "null"]}},
}
ERROR_TEXT: Final[Mapping[str, str]] = {
    "rest": f"Every error has one body; every answer names the request by `{CORRELATION}`: by the "
    "caller's own name of it if it sent one, by the gateway's where that refuses by itself.",
    "http": "Every error of the service has one body, every error of the gateway before it "
    f"another; every answer of the service names the request by `{CORRELATION}`, the caller's own "
    "if it sent one.",
}


def document(
    *, edge: str = "rest", auth: str = "iam", url: str = "", version: str = "0.1.0"
) -> Json:
    """The document of a deployment: `edge` and `auth` as the layer api is told, its version.

    `url` is where it is; without one the document speaks of paths alone.
    """
    schemes = {auth: SECURITY[auth]} if auth in SECURITY else {}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Microstack",
            "version": version,
            "description": ERROR_TEXT[edge],
        },
        **({"servers": [{"url": url}]} if url else {}),
        "tags": [{"name": name} for name in dict.fromkeys(map(_tag, ROUTES))],
        "paths": _paths(auth),
        "components": {
            "schemas": _schemas(edge),
            "parameters": _parameters(),
            "headers": _headers(),
            "responses": {name: _error(status, edge) for status, (name, _) in ERRORS.items()},
            **({"securitySchemes": schemes} if schemes else {}),
        },
    }


def _paths(auth: str) -> Json:
    paths: dict[str, Json] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, auth)
    return paths


def _operation(route: Route, auth: str) -> Json:
    successes = {str(each.status): _success(each) for each in route.answers.successes}
    errors = {str(each): _ref("responses", ERRORS[each][0]) for each in route.errors(auth=auth)}
    open_to_all = route.public or auth not in SECURITY
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": _parameters_of(route),
        "responses": {**successes, **errors},
        "security": [] if open_to_all else [{auth: []}],
    }
    if route.body:
        content = {JSON: {"schema": _ref("schemas", route.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _operation_id(route: Route) -> str:
    first, *rest = route.name.split("-")
    return first + "".join(word.capitalize() for word in rest)


def _tag(route: Route) -> str:
    return route.parts[0]


def _parameters_of(route: Route) -> list[Json]:
    """The route's parameters; what is required differs from route to route, so it is said here."""
    path = [_given("path", name, required=True) for name in route.path_parameters]
    query = [_given("query", name, required=name in route.required_query) for name in route.query]
    return [*path, *query, _ref("parameters", CORRELATION), *_conditions(route)]


def _conditions(route: Route) -> list[Json]:
    """The header by which a request is carried out once, or on one version only."""
    if route.method == "DELETE":
        return [{**_parameters()["If-Match"], "required": True}]
    names = {"POST": "Idempotency-Key", "PUT": "If-Match"}
    return [_ref("parameters", names[route.method])] if route.method in names else []


def _given(place: str, name: str, *, required: bool) -> Json:
    return {"name": name, "in": place, "required": required, **_inputs()[name]}


def _inputs() -> dict[str, Json]:
    """What each path and query parameter is, by name."""
    symbol = schema("Record")["properties"]["symbol"]
    moment = schema("Record")["properties"]["timestamp"]
    at, example = "2025-01-31T09:30:00Z", "example"
    return {
        "symbol": {"schema": symbol, example: "ACME"},
        "id": {"schema": schema("User")["properties"]["id"], example: "ada"},
        "timestamp": {
            "schema": moment,
            "description": "One moment; goes with no other parameter.",
            example: at,
        },
        "from": {"schema": moment, "description": "The first moment.", example: at},
        "to": {"schema": moment, "description": "The last moment.", example: at},
        "limit": {
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": MAX_LIMIT,
                "default": DEFAULT_LIMIT,
            },
            "description": "The most that a page may have.",
        },
        "cursor": {
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CURSOR},
            "description": "Where the page starts: the `cursor` of the page before, as it is.",
        },
    }


def _parameters() -> Json:
    """Headers that a request may have."""
    said = {
        CORRELATION: ({}, "The caller's name for the request; one that is malformed is replaced."),
        "Idempotency-Key": (
            {"pattern": TOKEN},
            "The caller's token for a request that it may repeat.",
        ),
        "If-Match": (
            {"pattern": VERSION_TAG},
            "The ETag of the version that is meant; a PUT may say it in its body instead.",
        ),
    }
    return {
        name: {
            "name": name,
            "in": "header",
            "required": False,
            "schema": {"type": "string", **limits},
            "description": text,
        }
        for name, (limits, text) in said.items()
    }


def _headers() -> Json:
    said = {
        CORRELATION: "Names the request in every log line.",
        "ETag": "The version, for If-Match.",
        "Location": "Where it can be read.",
        "Retry-After": "Seconds to wait.",
    }
    return {
        name: {"description": text, "schema": {"type": "string"}} for name, text in said.items()
    }


def _success(success: Success) -> Json:
    answer: Json = {
        "description": success.meaning,
        "headers": _headers_of([CORRELATION, *success.headers]),
    }
    refs = [_ref("schemas", name) for name in success.schemas]
    if refs:
        answer["content"] = {JSON: {"schema": refs[0] if len(refs) == 1 else {"oneOf": refs}}}
    return answer


def _error(status: int, edge: str) -> Json:
    """An error; on the HTTP edge the gateway's own have neither our body nor our header."""
    ours, theirs = _ref("schemas", "Error"), _ref("schemas", "GatewayError")
    if edge == "http" and status in OF_GATEWAY:
        return {"description": ERRORS[status][1], "content": {JSON: {"schema": theirs}}}
    either = edge == "http" and status in OF_EITHER
    return {
        "description": ERRORS[status][1],
        "headers": _headers_of([CORRELATION, "Retry-After"] if status == 503 else [CORRELATION]),
        "content": {JSON: {"schema": {"oneOf": [ours, theirs]} if either else ours}},
    }


def _schemas(edge: str) -> Json:
    used = all_of(["Error", *(name for route in ROUTES for name in route.schemas)])
    ours = {name: _component(content) for name, content in used.items()}
    return ours | ({"GatewayError": GATEWAY_ERROR} if edge == "http" else {})


def _headers_of(names: Sequence[str]) -> Json:
    return {name: _ref("headers", name) for name in names}


def _component(said: Json) -> Json:
    """A schema without its dialect (OpenAPI 3.1 has one), its references turned to components."""
    content: Json = _rewritten(said)
    return {key: value for key, value in content.items() if key != "$schema"}


def _rewritten(value: Any) -> Any:
    if isinstance(value, list):
        return [_rewritten(each) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        return _ref("schemas", value["$ref"].removesuffix(SUFFIX))
    return {key: _rewritten(each) for key, each in value.items()}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
