"""Lambda entry of `items`."""

from __future__ import annotations

from common.cursors import Cursors
from common.edge import Api, Routes
from common.entities import Entities, Table
from common.entity_routes import entity_routes
from common.entity_table import DynamoTable
from common.paging import cursors_from_environment

from items.models import KIND


def routes(table: Table, cursors: Cursors) -> Routes:
    """The route table over any table of items."""
    return entity_routes(Entities(KIND, table, cursors))


handler = Api(
    "items", lambda: routes(DynamoTable.from_environment(KIND), cursors_from_environment())
)
