"""Every function answers what the list of jobs says of it."""

from __future__ import annotations

import importlib
import inspect
from unittest.mock import Mock

import pytest

from shared.registry.jobs import JOBS


@pytest.mark.parametrize("job", [job for job, function in JOBS.items() if function.operations])
def test_a_handler_answers_its_operations(job: str) -> None:
    routes = importlib.import_module(f"{job}.handler").routes
    stores = [Mock() for _ in inspect.signature(routes).parameters]  # the table asks none of them
    assert {operation.key for operation in JOBS[job].operations} <= set(routes(*stores))  # type: ignore[index]  # a key of JOBS
