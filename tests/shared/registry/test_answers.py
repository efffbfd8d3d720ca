from __future__ import annotations

import pytest
from common import errors, request

from shared.api.routes import ROUTES, Route
from shared.api.schemas import all_of
from shared.registry.answers import ALWAYS, BODY, CALLER, ERRORS

every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)


def test_every_error_of_the_functions_has_a_name_and_a_meaning() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert {kind.status for kind in kinds if issubclass(kind, errors.ServiceError)} <= set(ERRORS)
    assert len({name for name, _ in ERRORS.values()}) == len(ERRORS)


def test_the_largest_body_is_the_documented_one() -> None:
    assert f"{request.MAX_BODY // 1024} KiB" in ERRORS[413][1]


@every_route
def test_a_route_answers_with_schemas_that_exist(route: Route) -> None:
    assert set(all_of(route.schemas)) >= set(route.schemas)
    for success in route.answers.successes:
        assert bool(success.schemas) == (success.status != 204)


@every_route
def test_a_route_that_takes_something_can_refuse_it(route: Route) -> None:
    found = route.errors(auth="iam")
    assert set(ALWAYS) <= set(found)
    assert set(BODY) <= set(found) or not route.body
    assert 400 in found, "to a query parameter that it does not take"
    assert (428 in found) == (route.method in ("PUT", "DELETE"))
    assert (404 in found) == bool(route.path_parameters)


@every_route
@pytest.mark.parametrize("auth", CALLER)
def test_who_may_not_call_hears_so_unless_all_may(route: Route, auth: str) -> None:
    found = {401, 403} & set(route.errors(auth=auth))
    expected: set[int] = {"iam": {403}, "jwt": {401, 403}, "none": set()}[auth]
    assert found == (set() if route.public else expected)
