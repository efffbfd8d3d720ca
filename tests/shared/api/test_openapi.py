from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest
from common import cursors, entity_routes, paging, request

from shared.api import openapi
from shared.api.routes import ROUTES, Route

DOCUMENT = openapi.document()
DEPLOYABLE = [("rest", "iam"), ("rest", "none"), ("http", "iam"), ("http", "jwt"), ("http", "none")]
every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)


def operation(route: Route, document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][route.path][route.method.lower()]
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def resolved(value: dict[str, Any], document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: dict[str, Any] = document["components"][kind][name]
    return found


@pytest.mark.parametrize(("edge", "auth"), DEPLOYABLE)
def test_the_document_is_openapi_3_1(edge: str, auth: str) -> None:
    document = openapi.document(edge=edge, auth=auth, url="https://api.example.com/live")
    openapi_spec_validator.validate(document, cls=openapi_spec_validator.OpenAPIV31SpecValidator)


def test_a_broken_document_is_not_openapi_3_1() -> None:
    document = openapi.document()
    route = next(route for route in ROUTES if route.path_parameters)
    operation(route, document)["parameters"] = []
    assert not openapi_spec_validator.OpenAPIV31SpecValidator(document).is_valid()


def test_the_document_has_each_route_and_no_other() -> None:
    found = {
        f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item
    }
    assert found == {route.key for route in ROUTES}


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [operation(route)["operationId"] for route in ROUTES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in names)
    assert "getRecordsSymbol" in names


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    used = set(references(DOCUMENT))
    there = {
        f"#/components/{kind}/{name}"
        for kind, components in DOCUMENT["components"].items()
        for name in components
        if kind != "securitySchemes"
    }
    unused = {f"#/components/responses/{name}" for name in ("Unauthorized",)}  # of auth jwt
    assert used == there - unused


def test_schemas_have_lost_their_dialect_and_nothing_else() -> None:
    text = json.dumps(DOCUMENT)
    assert "$schema" not in text
    assert ".json" not in text
    page = DOCUMENT["components"]["schemas"]["RecordPage"]
    assert page["properties"]["items"]["items"] == {"$ref": "#/components/schemas/StoredRecord"}
    assert page["required"] == ["items", "count", "cursor"]


@every_route
def test_an_operation_takes_what_the_route_table_says(route: Route) -> None:
    found = [resolved(each) for each in operation(route)["parameters"]]
    by_place = {
        place: {each["name"]: each["required"] for each in found if each["in"] == place}
        for place in ("path", "query", "header")
    }
    assert by_place["path"] == dict.fromkeys(route.path_parameters, True)
    assert by_place["query"] == {name: name in route.required_query for name in route.query}
    condition = {
        "POST": {"Idempotency-Key": False},
        "PUT": {"If-Match": False},  # its body may name the version instead
        "DELETE": {"If-Match": True},
    }.get(route.method, {})
    assert by_place["header"] == {"X-Correlation-Id": False, **condition}
    body = operation(route).get("requestBody", {})
    if route.body:
        assert body["required"] is True
        schema = body["content"]["application/json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{route.body}"}
    else:
        assert not body


@every_route
def test_every_answer_names_the_request_and_every_error_has_the_one_body(route: Route) -> None:
    for status, answer in operation(route)["responses"].items():
        whole = resolved(answer)
        assert "X-Correlation-Id" in whole["headers"]
        if int(status) >= 400:
            schema = whole["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}
        assert ("content" in whole) == (status != "204")


@every_route
def test_an_http_api_says_in_its_own_words_what_it_says_itself(route: Route) -> None:
    document = openapi.document(edge="http", auth="jwt")
    ours, theirs = ({"$ref": f"#/components/schemas/{name}"} for name in ("Error", "GatewayError"))
    wanted = {
        **dict.fromkeys(("401", "403", "429", "504"), theirs),
        **dict.fromkeys(("413", "500", "503"), {"oneOf": [ours, theirs]}),
    }
    for status, answer in operation(route, document)["responses"].items():
        whole = resolved(answer, document)
        if int(status) >= 400:
            schema = whole["content"]["application/json"]["schema"]
            assert schema == wanted.get(status, ours), status
            assert ("X-Correlation-Id" in whole.get("headers", {})) == (schema != theirs)
    asked = {"401", "403"} & set(operation(route, document)["responses"])
    assert asked == (set() if route.public else {"401", "403"})


@every_route
@pytest.mark.parametrize(("edge", "auth"), [pair for pair in DEPLOYABLE if pair[1] != "none"])
def test_all_but_the_public_routes_ask_who_calls(route: Route, edge: str, auth: str) -> None:
    document = openapi.document(edge=edge, auth=auth)
    assert operation(route, document)["security"] == ([] if route.public else [{auth: []}])
    assert set(document["components"]["securitySchemes"]) == {auth}


@pytest.mark.parametrize("edge", ["rest", "http"])
def test_a_sandbox_asks_nobody(edge: str) -> None:
    document = openapi.document(edge=edge, auth="none")
    for route in ROUTES:
        assert not {"401", "403"} & set(operation(route, document)["responses"])
    assert all(operation(route, document)["security"] == [] for route in ROUTES)
    assert "securitySchemes" not in document["components"]


def test_the_server_is_named_when_it_is_known() -> None:
    url = "https://api.example.com/live"
    assert openapi.document(url=url)["servers"] == [{"url": url}]
    assert "servers" not in DOCUMENT


def test_limits_are_those_of_the_functions() -> None:
    route = next(route for route in ROUTES if route.key == "GET /records")
    parameters = {each.get("name"): each for each in operation(route)["parameters"]}
    limit, cursor = parameters["limit"]["schema"], parameters["cursor"]["schema"]
    assert (limit["maximum"], limit["default"]) == (paging.MAX_LIMIT, paging.DEFAULT_LIMIT)
    assert cursor["maxLength"] == cursors.MAX_LENGTH
    headers = {name: each["schema"] for name, each in DOCUMENT["components"]["parameters"].items()}
    assert headers["Idempotency-Key"]["pattern"] == f"^{request.TOKEN.pattern}$"
    version = re.compile(headers["If-Match"]["pattern"])
    for tag in ('"3"', "3", 'W/"12"', '"a"', "", '"1234567890123"', "*"):
        assert bool(version.fullmatch(tag)) == bool(entity_routes.ETAG.fullmatch(tag)), tag


def test_examples_fit_their_schemas() -> None:
    for route in ROUTES:
        for parameter in map(resolved, operation(route)["parameters"]):
            if "example" in parameter:
                assert re.search(parameter["schema"]["pattern"], parameter["example"])
