"""The routes of the API, once: both edges, the tests and the OpenAPI document are made from them.

A route says which function answers, which body it takes (a JSON schema by name, in
lambda_src/common/schemas), which parameters it cannot do without, and whether anybody may call it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shared.jobs import Job

Method = Literal["GET", "POST", "PUT", "DELETE"]

SCHEMAS = Path(__file__).parents[1] / "lambda_src" / "common" / "schemas"
"""Read as data: the functions validate with the very same files."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path."""

    method: Method
    path: str
    job: Job
    summary: str
    public: bool = False
    """True: anybody may call it. Only for what says nothing of anybody's data."""
    body: str | None = None
    """Name of the JSON schema of the request body."""
    query: tuple[str, ...] = ()
    """Query parameters that it takes."""
    required_query: tuple[str, ...] = ()
    """Those of them that it cannot do without."""

    @property
    def key(self) -> str:
        """How functions and HTTP APIs name a route: `GET /records/{symbol}`."""
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        """How resources are named after it: `get-records-symbol`."""
        return "-".join([self.method.lower(), *(part.strip("{}") for part in self.parts)])

    @property
    def parts(self) -> tuple[str, ...]:
        """The path, part by part: ("records", "{symbol}")."""
        return tuple(part for part in self.path.split("/") if part)

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the path's variable parts."""
        return tuple(part.strip("{}") for part in self.parts if part.startswith("{"))


_RANGE = ("from", "to", "limit", "cursor")


def _documents(job: Literal["users", "items"], noun: str) -> tuple[Route, ...]:
    """The five routes of a kind of document that is kept by its id."""
    every, one = f"/{job}", f"/{job}/{{id}}"
    name = noun.lower()
    return (
        Route(
            method="GET",
            path=every,
            job=job,
            summary=f"All {job}, page by page",
            query=("limit", "cursor"),
        ),
        Route(method="POST", path=every, job=job, summary=f"Make one {name}", body=noun),
        Route(method="GET", path=one, job=job, summary=f"One {name}"),
        Route(
            method="PUT",
            path=one,
            job=job,
            summary=f"Change one {name}, if nobody else did since",
            body=f"{noun}Update",
        ),
        Route(
            method="DELETE",
            path=one,
            job=job,
            summary=f"Delete one {name}, if nobody changed it since",
        ),
    )


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/health",
        job="status",
        summary="Whether the service answers",
        public=True,
    ),
    Route(
        method="GET",
        path="/info",
        job="status",
        summary="What the service is, and what it shows of its configuration",
        public=True,
    ),
    Route(
        method="POST",
        path="/process",
        job="process",
        summary="Store a record and get a receipt",
        body="Record",
    ),
    Route(
        method="POST",
        path="/records",
        job="process",
        summary="Store a record and get it back",
        body="Record",
    ),
    Route(
        method="GET",
        path="/records",
        job="retrieve",
        summary="The records of a symbol, page by page",
        query=("symbol", *_RANGE),
        required_query=("symbol",),
    ),
    Route(
        method="GET",
        path="/records/{symbol}",
        job="retrieve",
        summary="The records of a symbol, or the one of a moment",
        query=("timestamp", *_RANGE),
    ),
    *_documents("users", "User"),
    *_documents("items", "Item"),
)


def paths() -> Iterator[tuple[str, ...]]:
    """Every path and every part above it, parents first, each once: what REST resources are."""
    seen: set[tuple[str, ...]] = set()
    for route in ROUTES:
        for depth in range(1, len(route.parts) + 1):
            part = route.parts[:depth]
            if part not in seen:
                seen.add(part)
                yield part


def bodies() -> tuple[str, ...]:
    """Names of all schemas of request bodies, each once."""
    return tuple(dict.fromkeys(route.body for route in ROUTES if route.body))


def schema(name: str) -> dict[str, Any]:
    """A JSON schema by name, as the functions have it."""
    document: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return document
