"""Answers of one make."""

from __future__ import annotations

from decimal import Decimal

from common.errors import DependencyUnavailable, NotFound, ServiceError
from common.response import Response, cors, failure, rendered


def test_an_answer_is_json_with_its_own_headers_first() -> None:
    response = Response(body={"n": Decimal("0.10")}, headers={"Cache-Control": "max-age=60"})
    answer = rendered(response, correlation_id="c", origin=None, origins="")
    assert answer["body"] == '{"n":0.1}'
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "max-age=60"
    assert answer["isBase64Encoded"] is False


def test_an_answer_without_body_claims_no_type() -> None:
    answer = rendered(Response(status=204), correlation_id="c", origin=None, origins="")
    assert answer["body"] == ""
    assert "Content-Type" not in answer["headers"]


def test_only_messages_meant_for_callers_reach_them() -> None:
    assert failure(NotFound("There is none."), "c").body == {
        "error": {"code": "not_found", "message": "There is none.", "correlation_id": "c"}
    }
    assert "arn:x" not in str(failure(ServiceError("arn:x"), "c").body)
    assert failure(DependencyUnavailable("away"), "c").headers == {"Retry-After": "1"}


def test_an_origin_is_compared_whole() -> None:
    origins = "https://a.example,https://b.example"
    assert cors("https://b.example", origins)["Access-Control-Allow-Origin"] == "https://b.example"
    for origin in (
        "https://b.example.evil",
        "https://b",
        "",
        "https://a.example,https://b.example",
    ):
        assert "Access-Control-Allow-Origin" not in cors(origin, origins)
