"""The routes of the API: what each function answers over HTTP, for both edges alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.registry.jobs import JOBS, Job
from shared.registry.operations import Operation


@dataclass(frozen=True, kw_only=True)
class Route(Operation):
    """An operation and the function that answers it."""

    job: Job

    @property
    def surface(self) -> dict[str, Any]:
        """What a caller could notice of it: a change of this is deployed again."""
        noticed = ("method", "path", "summary", "public", "body", "query", "required_query", "job")
        return {name: getattr(self, name) for name in noticed}


def _routes() -> Iterator[Route]:
    for job, function in JOBS.items():
        for operation in function.operations:
            yield Route(job=job, **vars(operation))


ROUTES: tuple[Route, ...] = tuple(sorted(_routes(), key=lambda route: not route.public))
"""What is public first, then in the order of the jobs."""


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
