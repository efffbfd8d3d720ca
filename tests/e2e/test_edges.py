"""The two edges and who may call them, live; each test goes on where the last one ended."""

from __future__ import annotations

import time
from collections.abc import Iterator

import boto3
import pytest
import requests

from orchestrator.reports.report import Report
from tests.checkout import Checkout
from tests.e2e.account import inventory, leftover
from tests.issuer import Issuer, new_key, serving

RECORD = {"symbol": "EDGE", "timestamp": "2026-01-31T09:30:00Z", "price": 12.5}

BROWSER = {"Origin": "http://localhost:3000"}
"""Of the one origin that the local environment allows."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving(audience="microstack-tests") as found:
        yield found


@pytest.fixture(scope="module")
def http(checkout: Checkout) -> Checkout:
    """A first deployment, on the HTTP edge."""
    configure(checkout, edge="http")
    checkout.invoke("deploy-all")
    return checkout


def configure(checkout: Checkout, **values: object) -> None:
    """Tell the layer api."""
    checkout.configure("api", {f"api:{name}": value for name, value in values.items()})


def gate(checkout: Checkout) -> tuple[int, int]:
    """How many smoke tests passed and were skipped in the last run, which was green."""
    report = Report.model_validate(checkout.reports()[-1])
    assert report.ok
    assert report.gate is not None
    return report.gate.passed, report.gate.skipped


def kinds(checkout: Checkout) -> set[str]:
    """Which kinds of API the layer has."""
    types = {urn.split("::")[2].split("$")[-1] for urn in checkout.resources("api")}
    return {name for name in ("apigateway", "apigatewayv2") if f"aws:{name}/stage:Stage" in types}


def watched(checkout: Checkout) -> set[str]:
    """The dimensions under which alarms look for requests of the API."""
    words = checkout.exports()
    client = boto3.client(
        "cloudwatch",
        endpoint_url=words["AWS_ENDPOINT_URL"],
        region_name=words["AWS_REGION"],
        aws_access_key_id=words["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=words["AWS_SECRET_ACCESS_KEY"],
    )
    alarms = client.describe_alarms()["MetricAlarms"]
    client.close()
    found = [alarm for alarm in alarms if alarm.get("Namespace") == "AWS/ApiGateway"]
    assert found
    return {dimension["Name"] for alarm in found for dimension in alarm["Dimensions"]}


def base_url(checkout: Checkout) -> str:
    """Where the API is now."""
    return str(checkout.json("outputs", "--layer", "api")["base_url"])


def post(url: str, token: str) -> requests.Response:
    """Store a record with this token."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{url}/records", json=RECORD, headers=headers, timeout=30)


def test_the_smoke_tests_are_green_on_the_http_edge(http: Checkout) -> None:
    passed, skipped = gate(http)
    assert passed > 10
    assert skipped == 0
    assert kinds(http) == {"apigatewayv2"}


def test_a_second_run_changes_nothing(http: Checkout) -> None:
    before, things = http.resources("api"), inventory(http)
    assert things["HTTP stage live"] == things["HTTP deployment"] == 1
    http.invoke("deploy-all")
    report = Report.model_validate(http.reports()[-1])
    done = {op for stack in report.stacks for op, count in stack.changes.items() if count}
    assert done <= {"same", "read"}
    http.invoke("refresh", "api")
    assert http.resources("api") == before
    assert inventory(http) == things


def test_tokens_of_the_issuer_are_taken_and_nothing_else(http: Checkout, issuer: Issuer) -> None:
    configure(http, auth="jwt", jwt_issuer=issuer.url, jwt_audience=issuer.audience)
    http.invoke("up", "api")
    url = base_url(http)
    stored = post(url, issuer.token())
    assert stored.status_code == 201, stored.text
    now = int(time.time())
    refused = {
        "expired": issuer.token(iat=now - 120, exp=now - 60),
        "not valid yet": issuer.token(nbf=now + 60),
        "for somebody else": issuer.token(aud="another"),
        "of another issuer": issuer.token(iss="http://127.0.0.1:1"),
        "signed with another key": issuer.token(key=new_key()),
        "not signed": issuer.token(algorithm="none"),
        "changed afterwards": _swapped(issuer.token(sub="ada"), issuer.token(sub="root")),
        "no token": "x",
    }
    answers = {name: post(url, token) for name, token in refused.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        refused, 401
    )
    assert all(set(answer.json()) == {"message"} for answer in answers.values())


def test_the_smoke_tests_are_green_with_a_token(http: Checkout, issuer: Issuer) -> None:
    http.invoke("smoke", more={"MICROSTACK_TOKEN": issuer.token()})
    passed, skipped = gate(http)
    assert passed > 10
    assert skipped == 0


def test_without_a_token_what_needs_one_is_left_out_and_counted(http: Checkout) -> None:
    http.invoke("smoke")
    passed, skipped = gate(http)
    assert skipped
    assert passed


@pytest.mark.parametrize("edge", ["http", "rest"])
def test_either_edge_refuses_and_tells_browsers_the_same(http: Checkout, edge: str) -> None:
    configure(http, edge=edge, auth="none", sandbox=True)
    http.invoke("deploy-all")
    assert gate(http)[1] == 0
    url = base_url(http)
    assert post(url, "x").status_code == 200  # the very same record was there
    refused = requests.post(f"{url}/records", json={"symbol": 7}, headers=BROWSER, timeout=30)
    assert refused.status_code == 400
    assert set(refused.json()["error"]) == {"code", "message", "correlation_id"}
    assert refused.headers["Access-Control-Allow-Origin"] == BROWSER["Origin"]
    asked = {**BROWSER, "Access-Control-Request-Method": "POST"}
    preflight = requests.options(f"{url}/records", headers=asked, timeout=30)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == BROWSER["Origin"]
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    stranger = {"Origin": "https://elsewhere.example"}
    answer = requests.get(f"{url}/health", headers=stranger, timeout=30)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert kinds(http) == {"apigatewayv2" if edge == "http" else "apigateway"}


def test_a_changed_edge_leaves_nothing_of_the_old_one(http: Checkout) -> None:
    configure(http, edge="rest", auth="iam", sandbox=False)
    http.invoke("deploy-all")
    assert gate(http)[1] == 0
    assert [name for name in leftover(http) if name.startswith("HTTP API")] == []
    assert watched(http) == {"ApiName", "Stage"}
    configure(http, edge="http")
    http.invoke("deploy-all")
    assert gate(http)[1] == 0
    assert [name for name in leftover(http) if name.startswith("REST API")] == []
    assert watched(http) == {"ApiId", "Stage"}


def test_wrong_combinations_are_one_sentence_and_change_nothing(http: Checkout) -> None:
    before = http.resources("api")
    for wrong, words in (
        ({"auth": "none", "sandbox": False}, "sandbox true with auth none"),
        ({"auth": "jwt", "edge": "rest"}, "edge http with auth jwt"),
        ({"auth": "jwt", "edge": "http", "jwt_audience": ""}, "both jwt_issuer and jwt_audience"),
        ({"jwt_audience": "us", "jwt_issuer": "http://id.example"}, "a jwt_issuer by https"),
    ):
        configure(http, **wrong)
        refused = http.invoke("up", "api", code=1)
        assert "Traceback" not in refused.stdout + refused.stderr
        assert words in refused.stdout + refused.stderr
    assert http.resources("api") == before


def test_after_destroy_all_nothing_is_left(http: Checkout) -> None:
    configure(http, edge="http", auth="iam", jwt_issuer="", jwt_audience="")
    http.invoke("destroy-all", "--yes")
    assert leftover(http) == []


def _swapped(token: str, other: str) -> str:
    """The claims of one token under the signature of another."""
    head, _, signature = token.split(".")
    return ".".join([head, other.split(".")[1], signature])
