"""Requests that are made up from the OpenAPI document: no answer that it does not know, no 5xx."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests import Session
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.api import openapi
from shared.api.routes import ROUTES, Route
from tests.e2e.live.system import System

EXAMPLES = 12
"""Requests of each kind for each route."""
MOMENT = "2025-01-31T09:30:00Z"
"""For bodies that fit: most of what fits the pattern of a timestamp is in no calendar."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,  # the same requests every time
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def modes(route: Route) -> list[GenerationMode]:
    """Requests that fit; and such as do not, where the route reads anything at all."""
    reads = route.body or route.query or route.path_parameters
    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if reads else [])]


@pytest.mark.parametrize(
    ("route", "mode"),
    [(route, mode) for route in ROUTES for mode in modes(route)],
    ids=lambda value: value.key if isinstance(value, Route) else str(value),
)
def test_every_answer_is_in_the_document(edge: System, route: Route, mode: GenerationMode) -> None:
    api = edge.outputs["api"]
    document = openapi.document(edge=api["edge"], auth=api["auth"], url=api["base_url"])
    operation = schemathesis.openapi.from_dict(document)[route.path][route.method]
    statuses = set()
    with Session() as session:

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            if mode is GenerationMode.POSITIVE and route.body == "Record":
                case.body["timestamp"] = MOMENT
            answer = case.call(base_url=api["base_url"], session=session, auth=edge.signature)
            case.validate_response(answer, checks=list(CHECKS))
            statuses.add(answer.status_code)

        ask()
    assert 403 not in statuses  # or nothing would have been tried
    if mode is GenerationMode.POSITIVE and not route.path_parameters:
        assert statuses & {200, 201}
