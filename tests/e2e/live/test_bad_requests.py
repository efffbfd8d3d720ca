"""Whatever a caller sends: a named error in the one form, on both edges."""

from __future__ import annotations

import pytest

from shared.api.routes import ROUTES, Route
from tests.e2e.live.bad_requests import bad_requests, problem
from tests.e2e.live.system import System


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_a_wrong_request_is_refused_by_name(edge: System, route: Route) -> None:
    found = (problem(edge.api, route, bad) for bad in bad_requests(route))
    assert [each for each in found if each] == []
