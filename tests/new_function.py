"""A new function as somebody adds it, file by file: `orders`, two routes over an own table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

Change = Callable[[str], str]
"""What a file holds → what it holds then; of a new file, from nothing."""


def _replaced(old: str, new: str) -> Change:
    def replaced(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        return text.replace(old, new)

    return replaced


def _both(first: Change, second: Change) -> Change:
    return lambda text: second(first(text))


def _new(text: str) -> Change:
    return lambda _: text


JOB = _both(
    _replaced('"users", "items", "status"]', '"users", "items", "orders", "status"]'),
    _replaced(
        '    "status": Function(',
        """\
    "orders": Function(
        operations=collection("/orders", "Order", sample={"item": "bolt", "count": 2}),
    ),
    "status": Function(""",
    ),
)
TABLE = _both(
    _replaced('"items", "idempotency"]', '"items", "orders", "idempotency"]'),
    _replaced('    "idempotency": Table()', '    "orders": Table(),\n    "idempotency": Table()'),
)
NEEDS = _both(
    _replaced(
        "\n\ndef _documents(",
        '''

def orders(of: Upstream) -> Needs:
    """Make and list orders."""
    tables = of.data.table_names["orders"], of.data.table_arns["orders"]
    return _documents("orders", *tables, of=of)


def _documents(''',
    ),
    _replaced('    "items": items,\n', '    "items": items,\n    "orders": orders,\n'),
)
HANDLER = '''\
"""Lambda entry of `orders`."""

from __future__ import annotations

from common.cursors import Cursors
from common.edge import Api, Routes
from common.entities import Entities, Table
from common.entity_routes import entity_routes
from common.entity_table import DynamoTable
from common.paging import cursors_from_environment

from orders.models import KIND


def routes(table: Table, cursors: Cursors) -> Routes:
    """The route table over any table of orders."""
    every = entity_routes(Entities(KIND, table, cursors))
    return {key: every[key] for key in ("GET /orders", "POST /orders")}


handler = Api(
    "orders", lambda: routes(DynamoTable.from_environment(KIND), cursors_from_environment())
)
'''
MODELS = '''\
"""What an order is."""

from __future__ import annotations

from common.entities import Kind

KIND = Kind(name="orders", schema="Order", fields=("item", "count"))
'''
SCHEMA = """\
{
  "$schema": "http://json-schema.org/draft-04/schema#",
  "title": "Order",
  "description": "A new order.",
  "type": "object",
  "required": ["item", "count"],
  "additionalProperties": false,
  "properties": {
    "id": {
      "type": "string",
      "description": "Chosen by the caller, or made by the service.",
      "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
    },
    "item": {
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "count": {
      "type": "integer",
      "minimum": 1,
      "maximum": 1000
    }
  }
}
"""
TEST = '''\
"""/orders: made and listed."""

from __future__ import annotations

import json

from common.cursors import Cursors
from common.edge import Api
from orders.handler import routes

from tests.lambda_src.memory import EntityTable, Keys
from tests.lambda_src.samples import Context, event


def test_an_order_is_made_and_listed() -> None:
    table = EntityTable()
    handler = Api("orders", lambda: routes(table, Cursors(Keys())))
    sample = event("items/http_post_items", routeKey="POST /orders")
    made = handler(sample | {"body": '{"item": "bolt", "count": 2}'}, Context())
    assert made["statusCode"] == 201
    listed = handler(event("items/http_post_items", routeKey="GET /orders"), Context())
    assert [order["count"] for order in json.loads(listed["body"])["items"]] == [2]
'''

FILES: Mapping[str, Change] = {
    "shared/registry/jobs.py": _both(
        _replaced(
            "import RANGE, Operation, documents", "import RANGE, Operation, collection, documents"
        ),
        JOB,
    ),
    "shared/registry/tables.py": TABLE,
    "stacks/compute/needs.py": NEEDS,
    "lambda_src/orders/__init__.py": _new('"""/orders: make and list orders."""\n'),
    "lambda_src/orders/handler.py": _new(HANDLER),
    "lambda_src/orders/models.py": _new(MODELS),
    "lambda_src/common/schemas/Order.json": _new(SCHEMA),
    "tests/lambda_src/orders/test_handler.py": _new(TEST),
}
"""All that it takes: three lists of all functions and tables, and five files of its own."""


def add(root: Path, *, without: str = "") -> None:
    """Add the function to the checkout at `root`, but for one file."""
    for name in FILES:
        if name != without:
            change(root, name)


def change(root: Path, name: str) -> None:
    """Make or change one of its files."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(FILES[name](file.read_text() if file.exists() else ""))
