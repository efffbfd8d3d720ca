"""What every answer of every function has in common."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from common.edge import Api, Reading
from common.errors import Conflict
from common.request import Request
from common.response import Response

from tests.lambda_src.samples import Context, body_of, error_code, event


def api(route: Any) -> Api:
    return Api("test", lambda: {"POST /records": route, "POST /process": route})


def ok(_request: Request) -> Response:
    return Response(body={"fine": True})


@pytest.mark.parametrize("sample", ["process/rest_post_records", "process/http_post_process"])
def test_a_route_takes_the_parameters_that_it_names_and_no_other(sample: str) -> None:
    seen = []

    def read(_request: Request, parameters: dict[str, str]) -> Response:
        seen.append(parameters)
        return Response()

    def asked(route: Any, name: str) -> dict[str, Any]:
        query = {"rawQueryString": f"{name}=1", "queryStringParameters": {name: "1"}}
        return api(route)(event(sample, **query), Context())

    assert asked(Reading(("limit",), read), "limit")["statusCode"] == 200
    assert seen == [{"limit": "1"}]
    for route in (Reading(("limit",), read), ok):
        answer = asked(route, "dry_run")
        assert (answer["statusCode"], error_code(answer)) == (400, "invalid_query")
        assert "'dry_run'" in body_of(answer)["error"]["message"]
    assert len(seen) == 1


def test_both_payload_formats_are_understood() -> None:
    for sample in ("process/rest_post_records", "process/http_post_process"):
        answer = api(ok)(event(sample), Context())
        assert answer["statusCode"] == 200
        assert answer["headers"]["X-Correlation-Id"] == "order-4711"


def test_without_a_fit_correlation_id_the_request_id_is_it() -> None:
    for given in ({}, {"X-Correlation-Id": "a b"}, {"X-Correlation-Id": "x" * 200}):
        answer = api(ok)(event("process/rest_post_records", headers=given), Context())
        assert answer["headers"]["X-Correlation-Id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://app.example.com", True),
        ("https://admin.example.com", True),
        ("https://evil.example.com", False),
        ("https://app.example.com.evil.com", False),
        ("null", False),
        ("*", False),
        (None, False),
    ],
)
def test_only_a_configured_origin_is_reflected_on_answers_and_errors(
    origin: str | None, allowed: bool
) -> None:
    for resource in ("/records", "/nowhere"):
        sample = event(
            "process/rest_post_records",
            resource=resource,
            headers={"Origin": origin} if origin else {},
            stageVariables={"cors_origins": "https://app.example.com, https://admin.example.com,*"},
        )
        headers = api(ok)(sample, Context())["headers"]
        assert headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in headers


def test_without_configured_origins_there_is_no_cors() -> None:
    sample = event("process/rest_post_records", stageVariables=None)
    assert not [name for name in api(ok)(sample, Context())["headers"] if "Access" in name]


def test_answers_carry_security_headers() -> None:
    headers = api(ok)(event("process/rest_post_records"), Context())["headers"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" in headers


def test_an_unknown_route_is_not_found() -> None:
    answer = api(ok)(event("process/rest_post_records", resource="/nowhere"), Context())
    assert (answer["statusCode"], error_code(answer)) == (404, "not_found")


@pytest.mark.parametrize("sample", [None, [], "x", {}, {"requestContext": None}, {"Records": []}])
def test_what_is_no_http_request_gets_an_answer_too(sample: Any) -> None:
    answer = api(ok)(sample, Context())
    assert answer["statusCode"] in (400, 404)
    assert error_code(answer) in ("invalid_request", "not_found")


def unavailable() -> Any:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "arn:x"}}, "PutItem")


def denied() -> Any:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "arn:x"}}, "PutItem")


def unreachable() -> Any:
    return EndpointConnectionError(endpoint_url="http://arn:x")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Conflict("taken"), 409, "conflict"),
        (unavailable(), 503, "dependency_unavailable"),
        (unreachable(), 503, "dependency_unavailable"),
        (denied(), 500, "internal_error"),
        (KeyError("arn:x"), 500, "internal_error"),
    ],
)
def test_errors_have_one_shape_and_leak_nothing(error: Exception, status: int, code: str) -> None:
    def fail(_request: Request) -> Response:
        raise error

    answer = api(fail)(event("process/rest_post_records"), Context())
    assert (answer["statusCode"], error_code(answer)) == (status, code)
    assert "arn:x" not in answer["body"]


def test_a_function_without_its_settings_answers_in_our_shape(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build() -> Any:
        raise RuntimeError("environment variable RECORDS_TABLE is not set")

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    answer = Api("test", build)(event("process/rest_post_records"), Context())
    assert (answer["statusCode"], error_code(answer)) == (500, "internal_error")
    assert "RECORDS_TABLE" not in answer["body"]
    assert "RECORDS_TABLE" in capsys.readouterr().out


def test_an_invocation_logs_one_line_with_correlation_id_and_metrics(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.setenv("ENVIRONMENT", "dev")
    monkeypatch.setenv("PROJECT", "Microstack")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "process-1")
    api(ok)(event("process/rest_post_records"), Context(aws_request_id="req-7"))
    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert logged["correlation_id"] == "order-4711"
    assert logged["request_id"] == "req-7"
    assert (logged["route"], logged["status"]) == ("POST /records", 200)
    (block,) = logged["_aws"]["CloudWatchMetrics"]
    assert block["Namespace"] == "Microstack"
    assert block["Dimensions"] == [["Environment", "Function"]]
    assert (logged["Environment"], logged["Function"]) == ("dev", "process-1")
    for metric in block["Metrics"]:
        assert isinstance(logged[metric["Name"]], int)


def test_no_line_holds_a_credential_or_the_body(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_request: Request) -> Response:
        raise RuntimeError("broken")

    api(fail)(event("process/rest_post_records"), Context())
    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["level"] for line in lines] == ["ERROR", "INFO"]
    assert {line["correlation_id"] for line in lines} == {"order-4711"}
    for secret in ("5ecre7", "AKIA", "ACME"):
        assert secret not in out
