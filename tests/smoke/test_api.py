"""The live API: what a caller sees of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from tests.smoke.conftest import Api


def record() -> dict[str, object]:
    """A record that no earlier run has stored."""
    return {"symbol": "SMOKE", "timestamp": datetime.now(UTC).isoformat(), "price": 12.5}


def test_health_answers_without_credentials(api: Api) -> None:
    response = api.get("/health", signed=False)
    assert response.status_code == 200
    assert response.json()["status"] == "ok"


def test_a_stored_record_is_read_back(api: Api) -> None:
    sent = record()
    stored = api.post("/records", json=sent)
    assert stored.status_code == 201, stored.text
    timestamp = stored.json()["timestamp"]
    found = api.get("/records/SMOKE", params={"timestamp": timestamp})
    assert found.status_code == 200, found.text
    assert found.json()["price"] == sent["price"]


def test_an_unsigned_request_is_refused(api: Api) -> None:
    response = api.post("/records", json=record(), signed=False)
    assert response.status_code == 403
    assert set(response.json()["error"]) == {"code", "message", "correlation_id"}


def test_a_malformed_body_is_refused_in_the_one_error_shape(api: Api) -> None:
    correlation_id = str(uuid.uuid4())
    response = api.post(
        "/records", json={"symbol": 7}, headers={"X-Correlation-Id": correlation_id}
    )
    assert response.status_code == 400
    error = response.json()["error"]
    assert set(error) == {"code", "message", "correlation_id"}
    assert error["correlation_id"]
    assert error["message"]


def test_info_names_the_environment(api: Api, deployed: object) -> None:
    response = api.get("/info", signed=False)
    assert response.status_code == 200
    assert response.json()["environment"] == deployed.environment  # type: ignore[attr-defined]
