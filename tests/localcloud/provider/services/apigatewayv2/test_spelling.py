"""Objects, lists and maps on their way between the SDK and the API."""

from __future__ import annotations

from localcloud.provider.services.apigatewayv2.spelling import camel, keyed, listed, pascal


def test_members_are_renamed_and_their_values_left_alone() -> None:
    sdk = {"allowOrigins": ["https://a"], "maxAge": 5}
    assert pascal(sdk) == {"AllowOrigins": ["https://a"], "MaxAge": 5}
    assert camel(pascal(sdk)) == sdk


def test_what_says_nothing_is_left_out_on_the_way_back() -> None:
    assert camel({"A": "", "B": [], "C": None, "D": False, "E": 0}) == {"d": False, "e": 0}


def test_lists_with_keys_are_maps_to_the_api() -> None:
    sdk = [{"routeKey": "GET /a", "throttlingRateLimit": 5}]
    api = {"GET /a": {"ThrottlingRateLimit": 5}}
    assert keyed(sdk, "routeKey") == api
    assert listed(api, "routeKey") == sdk
    assert keyed(None, "routeKey") == {}
    assert listed(None, "routeKey") == []
