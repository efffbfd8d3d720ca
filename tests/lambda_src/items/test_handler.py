"""/items and /items/{id}: what differs from users."""

from __future__ import annotations

import json
from typing import Any

import pytest
from common.cursors import Cursors
from common.edge import Api
from items.handler import routes

from tests.lambda_src.memory import EntityTable, Keys
from tests.lambda_src.samples import Context, error_code, event


@pytest.fixture
def handler() -> Api:
    table = EntityTable()
    return Api("items", lambda: routes(table, Cursors(Keys())))


def test_an_item_keeps_its_price_exactly(handler: Api) -> None:
    answer = handler(event("items/http_post_items"), Context())
    assert answer["statusCode"] == 201
    assert '"price":0.1,' in answer["body"]
    assert answer["headers"]["Location"] == "/items/bolt"


def test_a_field_left_out_of_an_update_is_gone(handler: Api) -> None:
    handler(event("items/http_post_items"), Context())
    sample = event("items/http_post_items", routeKey="PUT /items/{id}")
    sample |= {"pathParameters": {"id": "bolt"}, "body": '{"name": "Nut", "version": 1}'}
    item = json.loads(handler(sample, Context())["body"])
    assert item["name"] == "Nut"
    assert not {"price", "quantity", "description"} & set(item)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": -1},
        {"price": "1"},
        {"quantity": 1.5},
        {"quantity": -1},
        {"description": "x" * 2001},
    ],
)
def test_a_wrong_field_gets_a_named_error(handler: Api, fields: dict[str, Any]) -> None:
    body = json.dumps({"name": "Bolt"} | fields)
    answer = handler(event("items/http_post_items", body=body), Context())
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_body")
