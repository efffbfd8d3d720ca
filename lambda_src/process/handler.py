"""Lambda entry of `process`: POST /records makes a record, POST /process answers with a receipt.

Both validate, store the record once and archive the event; they differ in what they answer.
"""

from __future__ import annotations

from datetime import UTC, datetime

from common.edge import Api, Routes
from common.idempotency import token_id
from common.records import Record
from common.request import Request
from common.response import Response
from common.telemetry import telemetry

from process import logic
from process.models import Accepted
from process.store import AwsStore


def routes(store: logic.Store) -> Routes:
    """The route table over any store."""

    def accepted(request: Request) -> Accepted:
        record = Record.parse(request.json_object())
        result = logic.accept(store, record, token=token_id(request), now=datetime.now(UTC))
        logic.archive_event(
            store,
            result,
            route=request.route,
            caller=request.caller,
            correlation_id=request.correlation_id,
        )
        telemetry.count("RecordsStored" if result.created else "RecordsUnchanged")
        return result

    def store_record(request: Request) -> Response:
        """POST /records."""
        result = accepted(request)
        return Response(
            status=201 if result.created else 200,
            body=result.stored.shown(),
            headers={"Location": _location(result)},
        )

    def process_event(request: Request) -> Response:
        """POST /process."""
        result = accepted(request)
        receipt = {
            "id": result.stored.id,
            "status": "stored" if result.created else "unchanged",
            "archive": result.archive_key,
            "record": result.stored.shown(),
        }
        return Response(status=201 if result.created else 200, body=receipt)

    return {"POST /records": store_record, "POST /process": process_event}


def _location(result: Accepted) -> str:
    shown = result.stored.shown()
    return f"/records/{shown['symbol']}?timestamp={shown['timestamp']}"


handler = Api("process", lambda: routes(AwsStore.from_environment()))
