"""The live API: what a caller sees of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from tests.smoke.conftest import Api, Deployed

STRANGER = {"iam": 403, "jwt": 401, "none": 201}
"""What a request gets that shows nothing, or nothing genuine, by how callers show who they are."""
UNSIGNED_TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0."
"""{"alg": "none"} {"sub": "root"}, without a signature."""
FORGED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/execute-api/aws4_request"
)


def record() -> dict[str, object]:
    """A record that no earlier run has stored."""
    return {"symbol": "SMOKE", "timestamp": datetime.now(UTC).isoformat(), "price": 12.5}


def test_health_answers_without_credentials(api: Api) -> None:
    response = api.get("/health", signed=False)
    assert response.status_code == 200
    assert response.json()["status"] == "ok"


def test_every_published_address_leads_to_the_functions(
    apis: dict[str, Api], deployed: Deployed
) -> None:
    for name, api in apis.items():
        info = api.get("/info", signed=False)
        assert info.json()["environment"] == deployed.environment, f"{name}: {info.text}"
        health = api.get("/health", signed=False)
        assert health.json().get("status") == "ok", f"{name}: {health.text}"
        found = api.get("/records", params={"symbol": "SMOKE", "limit": "1"})
        assert found.status_code == 200, f"{name}: {found.text}"


def test_a_stored_record_is_read_back(api: Api) -> None:
    sent = record()
    stored = api.post("/records", json=sent)
    assert stored.status_code == 201, stored.text
    timestamp = stored.json()["timestamp"]
    found = api.get("/records/SMOKE", params={"timestamp": timestamp})
    assert found.status_code == 200, found.text
    assert found.json()["price"] == sent["price"]


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "x",
        "Bearer x",
        f"Bearer {UNSIGNED_TOKEN}",
        f"{FORGED}, SignedHeaders=host, Signature={'0' * 64}",
    ],
    ids=["nothing", "a word", "no token", "an unsigned token", "a forged signature"],
)
def test_only_a_sandbox_lets_strangers_in(api: Api, deployed: Deployed, shown: str | None) -> None:
    headers = {"Authorization": shown} if shown else {}
    response = api.post("/records", json=record(), signed=False, headers=headers)
    assert response.status_code == STRANGER[deployed.auth], response.text
    if response.status_code != 201 and deployed.edge == "rest":
        error = response.json()["error"]
        assert set(error) == {"code", "message", "correlation_id"}
        assert error["code"] in ("forbidden", "refused")


def test_what_is_no_route_is_no_route(api: Api, deployed: Deployed) -> None:
    expected = {"rest": 403, "http": 404}  # a REST API cannot tell it from a missing signature
    assert api.get("/nothing-here", signed=False).status_code == expected[deployed.edge]


def test_a_malformed_body_is_refused_in_the_one_error_shape(api: Api, deployed: Deployed) -> None:
    correlation_id = str(uuid.uuid4())
    response = api.post(
        "/records", json={"symbol": 7}, headers={"X-Correlation-Id": correlation_id}
    )
    assert response.status_code == 400
    error = response.json()["error"]
    assert set(error) == {"code", "message", "correlation_id"}
    assert error["message"]
    assert error["correlation_id"] == response.headers["X-Correlation-Id"]
    if deployed.edge == "http":  # the function says it, which knows the caller's own name of it
        assert error["correlation_id"] == correlation_id
    else:  # the gateway says it by its own, which the access log has too
        assert str(uuid.UUID(error["correlation_id"])) != correlation_id


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/health"), ("POST", "/records"), ("DELETE", "/items/absent")]
)
def test_a_parameter_that_a_route_does_not_take_is_named(api: Api, method: str, path: str) -> None:
    correlation_id = str(uuid.uuid4())
    response = api.request(
        method,
        path,
        params={"dry_run": "1"},
        json=record() if method == "POST" else None,
        headers={"X-Correlation-Id": correlation_id, "If-Match": '"1"'},
    )
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert error["code"] == "invalid_query"
    assert "dry_run" in error["message"]
    assert error["correlation_id"] == response.headers["X-Correlation-Id"] == correlation_id


def test_info_names_the_environment(api: Api, deployed: Deployed) -> None:
    response = api.get("/info", signed=False)
    assert response.status_code == 200
    assert response.json()["environment"] == deployed.environment
