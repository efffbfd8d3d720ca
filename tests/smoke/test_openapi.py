"""Live answers are what the OpenAPI document says: status, headers and schema of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import fastjsonschema
import pytest
import requests

from shared import openapi
from tests.smoke.conftest import Api, Deployed
from tests.smoke.test_api import STRANGER

Call = Callable[..., requests.Response]
"""Method, path of the document, expected status; then the path's parts and what to send."""


@pytest.fixture(scope="module")
def call(api: Api, deployed: Deployed) -> Call:
    """Call a route and hold its answer against the document."""
    document = openapi.document(edge=deployed.edge, auth=deployed.auth)

    def make(
        method: str, path: str, status: int, *, parts: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        response = api.request(method, path.format(**parts or {}), **more)
        assert response.status_code == status, response.text
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


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("users", {"name": "Ada", "email": "ada@example.com"}),
        ("items", {"name": "Pencil", "price": 1.25, "quantity": 3}),
    ],
)
def test_a_document_from_its_making_to_its_end(call: Call, kind: str, body: dict[str, Any]) -> None:
    one_of = f"/{kind}/{{id}}"
    one = {"id": f"smoke-{uuid.uuid4().hex[:8]}"}
    call("POST", f"/{kind}", 201, json=body | one)
    call("POST", f"/{kind}", 409, json=body | one)
    call("GET", one_of, 200, parts=one)
    call("PUT", one_of, 428, parts=one, json=body)
    call("PUT", one_of, 200, parts=one, json=body, headers={"If-Match": '"1"'})
    call("PUT", one_of, 409, parts=one, json=body | {"version": 1})
    call("GET", f"/{kind}", 200, params={"limit": "1"})
    call("DELETE", one_of, 428, parts=one)
    call("DELETE", one_of, 409, parts=one, headers={"If-Match": '"1"'})
    call("DELETE", one_of, 204, parts=one, headers={"If-Match": '"2"'})
    call("GET", one_of, 404, parts=one)
