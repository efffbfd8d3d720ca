"""Live answers are what the OpenAPI document says: status, headers and schema of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import fastjsonschema
import pytest
import requests

from shared.api import openapi
from shared.api.routes import ROUTES, Route
from tests.smoke.conftest import Api, Deployed
from tests.smoke.kinds import KINDS, sample
from tests.smoke.test_api import STRANGER

Call = Callable[..., requests.Response]
"""Method, path of the document, expected statuses; then the path's parts and what to send."""


@pytest.fixture(scope="module")
def document(deployed: Deployed) -> dict[str, Any]:
    return openapi.document(edge=deployed.edge, auth=deployed.auth)


@pytest.fixture(scope="module")
def call(api: Api, document: dict[str, Any]) -> Call:
    """Call a route and hold its answer against the document."""

    def make(
        method: str, path: str, *statuses: int, parts: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        response = api.request(method, path.format(**parts or {}), **more)
        status = response.status_code
        assert status in statuses, response.text
        documented = document["paths"][path][method.lower()]["responses"][str(status)]
        _compare(document, _resolved(document, documented), response)
        return response

    return make


def _compare(
    document: dict[str, Any], documented: dict[str, Any], response: requests.Response
) -> None:
    missing = set(documented.get("headers", {})) - {"Retry-After"} - _titled(response)
    assert not missing
    if "content" not in documented:
        assert response.content == b""
        return
    (kind,) = documented["content"]
    assert response.headers["Content-Type"].partition(";")[0] == kind
    schema = documented["content"][kind]["schema"]
    validate = fastjsonschema.compile({"allOf": [schema], "components": document["components"]})
    validate(response.json())


def _titled(response: requests.Response) -> set[str]:
    """The headers' names, spelt as the document does."""
    names = {name.lower() for name in response.headers}
    return {name for name in ("X-Correlation-Id", "ETag", "Location") if name.lower() in names}


def _resolved(document: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: dict[str, Any] = document["components"][kind][name]
    return found


def test_public_routes(call: Call) -> None:
    call("GET", "/health", 200, signed=False)
    call("GET", "/info", 200, signed=False)


def test_records(call: Call) -> None:
    record = {"symbol": "SMOKE", "timestamp": datetime.now(UTC).isoformat(), "price": 1.25}
    stored = call("POST", "/records", 201, json=record).json()
    call("POST", "/records", 200, json=record)
    call("POST", "/process", 200, json=record)
    call("POST", "/records", 409, json=record | {"price": 2})
    symbol = {"symbol": "SMOKE"}
    one = "/records/{symbol}"
    found = call("GET", one, 200, parts=symbol, params={"timestamp": stored["timestamp"]})
    assert found.json() == stored
    call("GET", one, 404, parts=symbol, params={"timestamp": "1999-01-01T00:00:00Z"})
    page = call("GET", "/records", 200, params={**symbol, "limit": "1"}).json()
    assert page["count"] == 1


def test_strangers(call: Call, deployed: Deployed) -> None:
    record = {"symbol": "SMOKE", "timestamp": datetime.now(UTC).isoformat(), "price": 1.5}
    call("POST", "/records", STRANGER[deployed.auth], json=record, signed=False)


def test_refusals(call: Call) -> None:
    call("POST", "/records", 400, json={"symbol": 7})
    call("GET", "/records", 400, params={"symbol": "SMOKE", "limit": "0"})
    call("GET", "/records", 400)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_from_its_making_to_its_end(call: Call, kind: str) -> None:
    every, one_of, body = f"/{kind}", f"/{kind}/{{id}}", sample(kind)
    one = {"id": f"smoke-{uuid.uuid4().hex[:8]}"}
    call("POST", every, 201, json=body | one)
    call("POST", every, 409, json=body | one)
    call("GET", every, 200, params={"limit": "1"})
    if f"GET {one_of}" in KINDS[kind]:
        call("GET", one_of, 200, parts=one)
    version = 1
    if f"PUT {one_of}" in KINDS[kind]:
        call("PUT", one_of, 428, parts=one, json=body)
        call("PUT", one_of, 200, parts=one, json=body, headers={"If-Match": '"1"'})
        call("PUT", one_of, 409, parts=one, json=body | {"version": 1})
        version = 2
    if f"DELETE {one_of}" in KINDS[kind]:
        call("DELETE", one_of, 428, parts=one)
        call("DELETE", one_of, 409, parts=one, headers={"If-Match": f'"{version + 1}"'})
        call("DELETE", one_of, 204, parts=one, headers={"If-Match": f'"{version}"'})
        call("GET", one_of, 404, parts=one)


OTHERS = [r for r in ROUTES if r.job not in KINDS and r.method in ("GET", "POST")]


@pytest.mark.parametrize("route", OTHERS, ids=lambda route: route.key)
def test_every_other_route_answers_as_it_is_documented(
    call: Call, document: dict[str, Any], route: Route
) -> None:
    """With its sample, and the document's examples of what it wants: a new route is tried, too."""
    successes = [success.status for success in route.answers.successes]
    call(
        route.method,
        route.path,
        *successes,
        *([404] if route.path_parameters else []),
        parts=_wanted(document, route, "path"),
        params=_wanted(document, route, "query"),
        json=route.sample,
        signed=not route.public,
    )


def _wanted(document: dict[str, Any], route: Route, place: str) -> dict[str, str]:
    """The parameters that a request cannot do without, as the document has them as examples."""
    parameters = document["paths"][route.path][route.method.lower()]["parameters"]
    return {
        each["name"]: each["example"]
        for each in parameters
        if each.get("in") == place and each["required"]
    }
