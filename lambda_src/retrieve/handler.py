"""Lambda entry of `retrieve`: GET /records?symbol=… and GET /records/{symbol}."""

from __future__ import annotations

from common.cursors import Cursors
from common.edge import Api, Reading, Routes
from common.errors import InvalidQuery
from common.paging import cursors_from_environment
from common.request import Request
from common.response import Response

from retrieve import logic
from retrieve.models import Query, symbol_in_path, symbol_in_query, time_of
from retrieve.store import DynamoStore

PAGE = ("from", "to", "limit", "cursor")


def routes(store: logic.Store, cursors: Cursors) -> Routes:
    """The route table over any store."""

    def records(_request: Request, parameters: dict[str, str]) -> Response:
        """GET /records."""
        query = Query.of(symbol_in_query(parameters), parameters)
        return Response(body=logic.page(store, query, cursors).body())

    def records_of_symbol(request: Request, parameters: dict[str, str]) -> Response:
        """GET /records/{symbol}: the record of `timestamp`, or a page."""
        symbol = symbol_in_path(request.path)
        if "timestamp" not in parameters:
            query = Query.of(symbol, parameters)
            return Response(body=logic.page(store, query, cursors).body())
        if len(parameters) > 1:
            raise InvalidQuery("timestamp asks for one record and goes with no other parameter.")
        timestamp = time_of(parameters, "timestamp", "")
        return Response(body=logic.one(store, symbol, timestamp).shown())

    return {
        "GET /records": Reading(("symbol", *PAGE), records),
        "GET /records/{symbol}": Reading(("timestamp", *PAGE), records_of_symbol),
    }


handler = Api(
    "retrieve", lambda: routes(DynamoStore.from_environment(), cursors_from_environment())
)
