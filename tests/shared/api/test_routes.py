from __future__ import annotations

import fastjsonschema

from shared.api import routes, schemas
from shared.api.routes import ROUTES

REQUIRED = {
    "GET /health",
    "GET /info",
    "POST /process",
    "POST /records",
    "GET /records",
    "GET /records/{symbol}",
    *(f"{method} /{kind}" for kind in ("users", "items") for method in ("GET", "POST")),
    *(
        f"{method} /{kind}/{{id}}"
        for kind in ("users", "items")
        for method in ("GET", "PUT", "DELETE")
    ),
}
"""Of requirement A2."""


def test_every_route_is_there_once() -> None:
    keys = [route.key for route in ROUTES]
    names = [route.name for route in ROUTES]
    assert len(set(keys)) == len(keys)
    assert len(set(names)) == len(names)
    assert set(keys) >= REQUIRED


def test_only_health_and_info_are_public() -> None:
    assert [route.key for route in ROUTES if route.public] == ["GET /health", "GET /info"]


def test_a_route_takes_a_body_where_it_writes() -> None:
    for route in ROUTES:
        assert (route.body is not None) == (route.method in {"POST", "PUT"})
        assert set(route.required_query) <= set(route.query)


def test_bodies_are_closed_schemas_that_api_gateway_understands() -> None:
    for name in routes.bodies():
        schema = schemas.schema(name)
        assert schema["$schema"] == "http://json-schema.org/draft-04/schema#"
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False


def test_paths_come_parents_first() -> None:
    found = list(routes.paths())
    assert found.index(("records",)) < found.index(("records", "{symbol}"))
    assert len(set(found)) == len(found)
    for parts in found:
        assert len(parts) == 1 or parts[:-1] in found


def test_names_of_a_route() -> None:
    route = next(route for route in ROUTES if route.key == "GET /records/{symbol}")
    assert route.name == "get-records-symbol"
    assert route.parts == ("records", "{symbol}")
    assert route.path_parameters == ("symbol",)


def test_a_sample_is_a_body_that_fits() -> None:
    for route in ROUTES:
        if route.body:
            fastjsonschema.compile(schemas.schema(route.body))(route.sample)
