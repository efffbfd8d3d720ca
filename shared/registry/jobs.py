"""The functions of the system: the one list that everything iterates.

Folders, settings, contracts, roles, alarms, routes, the OpenAPI document and the tests go by it.
What a function may do and is told stands in stacks/compute/needs.py, its code in lambda_src/<job>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.registry import answers, operations
from shared.registry.operations import RANGE, Operation

Job = Literal[
    "process",
    "ingest",
    "retrieve",
    "users",
    "items",
    "status",
]


@dataclass(frozen=True, kw_only=True)
class Function:
    """A job as the rest of the system knows it."""

    operations: tuple[Operation, ...] = ()
    """What it answers over HTTP."""
    called_by: str = ""
    """What else calls it, for a function that answers nothing."""
    timeout_seconds: int = 15
    """Default of the setting `compute:functions.<job>.timeout_seconds`."""


_RECORD = {"symbol": "SMOKE", "timestamp": "2025-01-31T09:30:00Z", "price": 12.5}

JOBS: Final[Mapping[Job, Function]] = {
    "process": Function(
        operations=(
            Operation(
                method="POST",
                path="/process",
                summary="Store a record and get a receipt",
                body="Record",
                sample=_RECORD,
                answers=answers.stored("ProcessReceipt"),
            ),
            Operation(
                method="POST",
                path="/records",
                summary="Store a record and get it back",
                body="Record",
                sample=_RECORD,
                answers=answers.stored("StoredRecord", "Location"),
            ),
        ),
    ),
    "ingest": Function(called_by="uploads to S3"),
    "retrieve": Function(
        operations=(
            Operation(
                method="GET",
                path="/records",
                summary="The records of a symbol, page by page",
                query=("symbol", *RANGE),
                required_query=("symbol",),
                answers=answers.one("A page, oldest first.", "RecordPage"),
            ),
            Operation(
                method="GET",
                path="/records/{symbol}",
                summary="The records of a symbol, or the one of a moment",
                query=("timestamp", *RANGE),
                answers=answers.one(
                    "A page, oldest first; with `timestamp` the one record of that moment.",
                    "RecordPage",
                    "StoredRecord",
                    errors=(404,),
                ),
            ),
        ),
    ),
    "users": Function(
        timeout_seconds=30,
        operations=operations.documents(
            "/users", "User", sample={"name": "Ada", "email": "ada@example.com"}
        ),
    ),
    "items": Function(
        timeout_seconds=30,
        operations=operations.documents(
            "/items", "Item", sample={"name": "Pencil", "price": 1.25, "quantity": 3}
        ),
    ),
    "status": Function(
        timeout_seconds=30,
        operations=(
            Operation(
                method="GET",
                path="/health",
                summary="Whether the service answers",
                public=True,
                answers=answers.one("It answers.", "Health"),
            ),
            Operation(
                method="GET",
                path="/info",
                summary="What the service is, and what it shows of its configuration",
                public=True,
                answers=answers.one("What it is.", "Info"),
            ),
        ),
    ),
}
