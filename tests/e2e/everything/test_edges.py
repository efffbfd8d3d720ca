"""The two edges and who may call them, live."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest
import requests

from tests import everything
from tests.checkout import Checkout
from tests.e2e.account import inventory, leftover
from tests.e2e.everything.conftest import QUIET, gate, last_report, operations
from tests.e2e.live.system import System
from tests.issuer import Issuer, new_key, serving
from tests.patience import PATIENCE

RECORD = {"symbol": "EDGE", "timestamp": "2026-01-31T09:30:00Z", "price": 12.5}

BROWSER = {"Origin": everything.SETTINGS["api"]["allowed_origins"][0]}
"""Of the first origin that is allowed: the one that REST's own errors are for."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving(audience="microstack-tests") as found:
        yield found


def configure(checkout: Checkout, **values: object) -> None:
    """Tell the layer api."""
    checkout.configure("api", {f"api:{name}": value for name, value in values.items()})


def kinds(checkout: Checkout) -> set[str]:
    """Which kinds of API the layer has."""
    types = {urn.split("::")[2].split("$")[-1] for urn in checkout.resources("api")}
    return {name for name in ("apigateway", "apigatewayv2") if f"aws:{name}/stage:Stage" in types}


def watched(checkout: Checkout) -> set[str]:
    """The dimensions under which alarms look for requests of the API."""
    with contextlib.closing(checkout.client("cloudwatch")) as client:
        alarms = client.describe_alarms()["MetricAlarms"]
    found = [alarm for alarm in alarms if alarm.get("Namespace") == "AWS/ApiGateway"]
    assert found
    return {dimension["Name"] for alarm in found for dimension in alarm["Dimensions"]}


def base_url(checkout: Checkout) -> str:
    """Where the API is now."""
    return str(checkout.json("outputs", "--layer", "api")["base_url"])


def post(url: str, token: str) -> requests.Response:
    """Store a record with this token."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{url}/records", json=RECORD, headers=headers, timeout=PATIENCE)


def test_the_smoke_tests_are_green_on_the_http_edge(first: Checkout) -> None:
    passed, skipped = gate(first)
    assert passed > 10
    assert skipped == 0
    assert kinds(first) == {"apigatewayv2"}


def test_the_http_edge_goes_with_everything_else(first: Checkout) -> None:
    assert last_report(first).urls["domain_url"] == f"https://{everything.DOMAIN}"
    system = System(first)
    assert system.outputs["api"]["edge"] == "http"
    assert "api_key_ids" not in system.outputs["api"]
    for name in system.outputs["compute"]["function_names"].values():
        where = system.client("lambda").get_function_configuration(FunctionName=name)
        assert where["VpcConfig"]["SubnetIds"], name
    system.close()


def test_a_second_run_changes_nothing(first: Checkout) -> None:
    before, things = first.resources("api"), inventory(first)
    assert things["HTTP stage live"] == things["HTTP deployment"] == 1
    first.invoke("deploy-all")
    assert operations(first) <= QUIET
    first.invoke("refresh", "api")
    assert first.resources("api") == before
    assert inventory(first) == things


def test_tokens_of_the_issuer_are_taken_and_nothing_else(first: Checkout, issuer: Issuer) -> None:
    configure(first, auth="jwt", jwt_issuer=issuer.url, jwt_audience=issuer.audience)
    first.invoke("up", "api")
    url = base_url(first)
    stored = post(url, issuer.token())
    assert stored.status_code == 201, stored.text
    now = int(time.time())
    refused = {
        "expired": issuer.token(iat=now - 120, exp=now - 60),
        "not valid yet": issuer.token(nbf=now + 3_600),
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


def test_the_smoke_tests_are_green_with_a_token(first: Checkout, issuer: Issuer) -> None:
    first.invoke("smoke", more={"MICROSTACK_TOKEN": issuer.token()})
    passed, skipped = gate(first)
    assert passed > 10
    assert skipped == 0


def test_without_a_token_what_needs_one_is_left_out_and_counted(first: Checkout) -> None:
    first.invoke("smoke")
    passed, skipped = gate(first)
    assert skipped
    assert passed


@pytest.mark.parametrize("edge", ["http", "rest"])
def test_either_edge_refuses_and_tells_browsers_the_same(first: Checkout, edge: str) -> None:
    configure(first, edge=edge, auth="none", sandbox=True)
    first.invoke("deploy-all")
    assert gate(first)[1] == 0
    url = base_url(first)
    assert post(url, "x").status_code == 200  # the very same record was there
    refused = requests.post(f"{url}/records", json={"symbol": 7}, headers=BROWSER, timeout=PATIENCE)
    assert refused.status_code == 400
    assert set(refused.json()["error"]) == {"code", "message", "correlation_id"}
    assert refused.headers["Access-Control-Allow-Origin"] == BROWSER["Origin"]
    asked = {**BROWSER, "Access-Control-Request-Method": "POST"}
    preflight = requests.options(f"{url}/records", headers=asked, timeout=PATIENCE)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == BROWSER["Origin"]
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    stranger = {"Origin": "https://elsewhere.example"}
    answer = requests.get(f"{url}/health", headers=stranger, timeout=PATIENCE)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert kinds(first) == {"apigatewayv2" if edge == "http" else "apigateway"}


def test_a_changed_edge_leaves_nothing_of_the_old_one(first: Checkout) -> None:
    """From HTTP to REST; the way back is the next file's, as the VPC goes."""
    assert kinds(first) == {"apigateway"}
    assert [name for name in leftover(first) if name.startswith("HTTP API")] == []
    assert watched(first) == {"ApiName", "Stage"}


def _swapped(token: str, other: str) -> str:
    """The claims of one token under the signature of another."""
    head, _, signature = token.split(".")
    return ".".join([head, other.split(".")[1], signature])
