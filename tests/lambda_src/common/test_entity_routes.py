"""The routes that a kind of entity has."""

from __future__ import annotations

from common.cursors import Cursors
from common.entities import Entities
from common.entity_routes import entity_routes
from items.models import KIND

from tests.lambda_src.memory import EntityTable, Keys


def test_a_kind_has_five_routes() -> None:
    routes = entity_routes(Entities(KIND, EntityTable(), Cursors(Keys())))
    assert set(routes) == {
        "GET /items",
        "POST /items",
        "GET /items/{id}",
        "PUT /items/{id}",
        "DELETE /items/{id}",
    }
