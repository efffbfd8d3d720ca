"""Kinds of documents that the API keeps by their id: functions that make and list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.registry.jobs import JOBS, Job
from shared.registry.operations import Operation

Kind = Mapping[str, Operation]
"""Key → operation of the function of a kind."""


def _operations(job: Job) -> Kind:
    return {operation.key: operation for operation in JOBS[job].operations}


KINDS: dict[str, Kind] = {
    job: _operations(job)
    for job in JOBS
    if {f"GET /{job}", f"POST /{job}"} <= set(_operations(job))
}
"""Job, which is also the path → its operations."""


def sample(kind: str) -> dict[str, Any]:
    """A new document that fits."""
    return {**(KINDS[kind][f"POST /{kind}"].sample or {})}
