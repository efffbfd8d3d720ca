"""The schemas fit those who read them: the functions, and API Gateway's models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import fastjsonschema
import pytest
from common.cursors import Cursors
from common.edge import Api
from common.validation import SCHEMAS, validator
from items.handler import routes as items
from process.handler import routes as process
from retrieve.handler import routes as retrieve
from status.handler import routes as status
from status.models import AppConfig, Deployment
from users.handler import routes as users

from shared.api.routes import bodies
from shared.api.schemas import SUFFIX, all_of, references
from shared.api.schemas import schema as named
from tests.lambda_src.memory import EntityTable, Keys, ProcessStore
from tests.lambda_src.samples import Context, event

REQUESTS = bodies()
NAMES = sorted(path.stem for path in SCHEMAS.glob("*.json"))
UNKNOWN_TO_API_GATEWAY = {"$ref", "const", "examples", "if", "exclusiveMinimum", "format"}


def read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return schema


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from nodes(member)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_schema_compiles_and_is_plain_draft_4(name: str) -> None:
    assert callable(validator(name))
    schema = read(name)
    assert schema["$schema"] == "http://json-schema.org/draft-04/schema#"
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert not [node for node in nodes(schema) if UNKNOWN_TO_API_GATEWAY & set(node)]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_names_itself_and_refers_to_others_that_exist(name: str) -> None:
    schema = read(name)
    assert schema["title"] == name
    assert schema["description"]
    assert set(all_of([name])) >= set(references(schema))


def resolved(value: Any) -> Any:
    """The schema with its references to other files filled in."""
    if isinstance(value, list):
        return [resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return resolved(named(value["$ref"].removesuffix(SUFFIX)))
    return {name: resolved(member) for name, member in value.items() if name != "$schema"}


class Config:
    """A configuration that says nothing."""

    def app_config(self) -> AppConfig:
        return AppConfig(text='{"public": {"banner": "hello"}}', version=1)


@pytest.fixture(scope="module")
def api() -> Api:
    """All routes of all functions, over stores in memory."""
    store, cursors = ProcessStore(), Cursors(Keys())
    here = Deployment(project="p", environment="e", region="r", version="v")
    table = {
        **process(store),
        **retrieve(store.records, cursors),
        **users(EntityTable(), cursors),
        **items(EntityTable(), cursors),
        **status(Config(), here),
    }
    return Api("all", lambda: table)


RECORD = {"symbol": "ACME", "timestamp": "2025-01-31T09:30:00Z", "price": 1, "currency": "EUR"}
USER = {"name": "Ada", "email": "ada@example.com"}


@pytest.mark.parametrize(
    ("route", "sent", "fits"),
    [
        ("GET /health", None, "Health"),
        ("GET /info", None, "Info"),
        ("POST /records", RECORD, "StoredRecord"),
        ("POST /process", RECORD, "ProcessReceipt"),
        ("GET /records?symbol=ACME", None, "RecordPage"),
        ("GET /records/{symbol}?timestamp=2025-01-31T09:30:00Z", None, "StoredRecord"),
        ("GET /records/{symbol}", None, "RecordPage"),
        ("POST /users", USER | {"id": "ACME"}, "StoredUser"),
        ("PUT /users/{id}", USER | {"version": 1}, "StoredUser"),
        ("GET /users/{id}", None, "StoredUser"),
        ("GET /users?limit=1", None, "UserPage"),
        ("POST /items", {"id": "ACME", "name": "Bolt", "price": 0.5}, "StoredItem"),
        ("PUT /items/{id}", {"name": "Nut", "quantity": 1, "version": 1}, "StoredItem"),
        ("GET /items/{id}", None, "StoredItem"),
        ("GET /items?limit=1", None, "ItemPage"),
        ("GET /items?limit=0", None, "Error"),
        ("GET /nowhere", None, "Error"),
    ],
)
def test_every_answer_fits_its_schema(api: Api, route: str, sent: Any, fits: str) -> None:
    key, _, query = route.partition("?")
    answer = api(
        event(
            "process/http_post_process",
            routeKey=key,
            rawQueryString=query,
            pathParameters={"id": "ACME", "symbol": "ACME"},
            body=None if sent is None else json.dumps(sent),
            isBase64Encoded=False,
        ),
        Context(),
    )
    schema = resolved(named(fits)) | {"$schema": "http://json-schema.org/draft-04/schema#"}
    fastjsonschema.compile(schema)(json.loads(answer["body"]))
