"""Requests out of proxy events."""

from __future__ import annotations

from typing import Any

import pytest
from common.errors import InvalidHeader, InvalidQuery, InvalidRequest, UnsupportedMediaType
from common.request import Request, parse

from tests.lambda_src.samples import event


def test_both_payload_formats_say_the_same() -> None:
    rest = parse(event("process/rest_post_records"))
    http = parse(event("process/http_post_process"))
    assert (rest.route, http.route) == ("POST /records", "POST /process")
    assert (rest.caller, http.caller) == ("arn:aws:iam::000000000000:user/ada", "ada")
    assert rest.correlation_id == http.correlation_id == "order-4711"
    assert rest.json_object() == {**http.json_object(), "timestamp": "2025-01-31T10:30:00+01:00"}


def test_query_parameters_are_decoded_in_both_formats() -> None:
    rest = parse(event("retrieve/rest_get_records"))
    http = parse(event("retrieve/http_get_symbol"))
    assert rest.parameters("symbol") == {"symbol": "ACME"}
    assert http.parameters("limit", "from") == {"limit": "2", "from": "2025-01-31T10:30:00+01:00"}
    with pytest.raises(InvalidQuery, match="'limit'"):
        http.parameters("from")


def test_header_names_know_no_case() -> None:
    headers = {"IF-MATCH": "1", "x-Correlation-ID": "c"}
    request = parse(event("process/rest_post_records", headers=headers))
    assert (request.headers["if-match"], request.correlation_id) == ("1", "c")


def test_a_percent_encoded_path_parameter_is_decoded() -> None:
    request = parse(event("process/rest_post_records", pathParameters={"symbol": "BRK%2EB"}))
    assert request.path["symbol"] == "BRK.B"


@pytest.mark.parametrize("context", [{}, {"authorizer": None, "identity": None}])
def test_a_caller_without_a_name_is_anonymous(context: dict[str, Any]) -> None:
    assert parse(event("process/rest_post_records", requestContext=context)).caller == "anonymous"


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "application/x+json", ""],
)
def test_json_comes_under_many_names(kind: str) -> None:
    assert Request(route="", body="{}", headers={"content-type": kind}).json_object() == {}


@pytest.mark.parametrize("kind", ["text/plain", "application/jsonp", "multipart/form-data", "json"])
def test_another_media_type_is_refused(kind: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        Request(route="", body="{}", headers={"content-type": kind}).json_object()


def test_an_idempotency_key_is_checked() -> None:
    assert Request(route="").idempotency_key() is None
    assert Request(route="", headers={"idempotency-key": "a-1"}).idempotency_key() == "a-1"
    with pytest.raises(InvalidHeader):
        Request(route="", headers={"idempotency-key": "a\n"}).idempotency_key()


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"requestContext": 1}])
def test_what_is_no_event_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse(value)
