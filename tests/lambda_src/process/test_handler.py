"""POST /records and POST /process as their callers see them."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from common.edge import Api
from process.handler import routes

from tests.lambda_src.memory import ProcessStore
from tests.lambda_src.samples import Context, body_of, error_code, event

RECORD = {"symbol": "ACME", "timestamp": "2025-01-31T09:30:00Z", "price": 12.5, "volume": 100}


@pytest.fixture
def store() -> ProcessStore:
    return ProcessStore()


@pytest.fixture
def handler(store: ProcessStore) -> Api:
    return Api("process", lambda: routes(store))


def post(handler: Api, body: Any, **headers: str) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return handler(event("process/rest_post_records", body=text, headers=headers), Context())


def test_a_record_is_made_and_answered_with_its_place(handler: Api, store: ProcessStore) -> None:
    answer = handler(event("process/rest_post_records"), Context())
    assert answer["statusCode"] == 201
    shown = body_of(answer)
    assert {name: shown[name] for name in RECORD} == RECORD
    assert answer["headers"]["Location"] == "/records/ACME?timestamp=2025-01-31T09:30:00Z"
    stored = store.records.get("ACME", "2025-01-31T09:30:00.000000Z")
    assert stored is not None
    assert stored.record.price == Decimal("12.5")
    assert stored.id == shown["id"]


def test_process_answers_with_a_receipt(handler: Api, store: ProcessStore) -> None:
    answer = handler(event("process/http_post_process"), Context())
    assert answer["statusCode"] == 201
    receipt = body_of(answer)
    assert receipt["status"] == "stored"
    assert receipt["record"]["price"] == 12.5
    assert receipt["archive"] in store.archived
    assert store.archived[receipt["archive"]]["caller"] == "ada"


def test_the_archived_event_holds_the_facts_and_no_credential(
    handler: Api, store: ProcessStore
) -> None:
    handler(event("process/rest_post_records"), Context())
    ((key, document),) = store.archived.items()
    assert key.startswith("logs/")
    assert key.endswith(f"-{document['id']}.json")
    assert document["caller"] == "arn:aws:iam::000000000000:user/ada"
    assert document["correlation_id"] == "order-4711"
    assert "5ecre7" not in str(document)
    assert "AKIA" not in str(document)


def test_the_same_record_again_changes_nothing(handler: Api, store: ProcessStore) -> None:
    first = post(handler, RECORD)
    again = post(handler, RECORD | {"timestamp": "2025-01-31T10:30:00+01:00", "price": 12.50})
    assert (first["statusCode"], again["statusCode"]) == (201, 200)
    assert body_of(first) == body_of(again)
    assert len(store.archived) == 1


def test_another_record_under_the_same_key_is_a_conflict(handler: Api) -> None:
    post(handler, RECORD)
    answer = post(handler, RECORD | {"price": 13})
    assert answer["statusCode"] == 409
    assert error_code(answer) == "conflict"


def test_a_repeated_request_gets_the_very_same_answer(handler: Api) -> None:
    first = post(handler, RECORD, **{"Idempotency-Key": "k1"})
    again = post(handler, RECORD, **{"Idempotency-Key": "k1"})
    assert first["statusCode"] == again["statusCode"] == 201
    assert first["body"] == again["body"]


def test_an_idempotency_key_stands_for_one_request(handler: Api, store: ProcessStore) -> None:
    post(handler, RECORD, **{"Idempotency-Key": "k1"})
    answer = post(handler, RECORD | {"symbol": "OTHER"}, **{"Idempotency-Key": "k1"})
    assert answer["statusCode"] == 409
    assert error_code(answer) == "idempotency_conflict"
    assert len(store.records.rows) == 1


def test_a_key_for_a_record_that_is_there_is_remembered_too(handler: Api) -> None:
    post(handler, RECORD)
    assert post(handler, RECORD, **{"Idempotency-Key": "k1"})["statusCode"] == 200
    other = post(handler, RECORD | {"symbol": "OTHER"}, **{"Idempotency-Key": "k1"})
    assert error_code(other) == "idempotency_conflict"


def test_the_key_of_another_caller_is_another_key(handler: Api) -> None:
    post(handler, RECORD, **{"Idempotency-Key": "k1"})
    sample = event(
        "process/rest_post_records",
        body=json.dumps(RECORD | {"symbol": "OTHER"}),
        headers={"Idempotency-Key": "k1"},
    )
    sample["requestContext"]["identity"]["userArn"] = "arn:aws:iam::000000000000:user/bob"
    assert handler(sample, Context())["statusCode"] == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "invalid_body"),
        ("   ", "invalid_body"),
        ("null", "invalid_body"),
        ("[]", "invalid_body"),
        ('"text"', "invalid_body"),
        ("{", "invalid_json"),
        ('{"price": NaN}', "invalid_json"),
        ('{"price": -Infinity}', "invalid_json"),
        ('{"price": 1e999999}', "invalid_json"),
        ('{"price": 1e99999999999999999999}', "invalid_json"),
        ('{"price": ' + "9" * 5000 + "}", "invalid_json"),
        ('{"symbol": "A", "symbol": "B"}', "invalid_json"),
        ('{"symbol": "\\ud800"}', "invalid_json"),
        ('{"symbol": "\ud800"}', "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ('{"a":' * 40_000, "invalid_json"),
        (json.dumps(RECORD | {"extra": 1}), "invalid_body"),
        (json.dumps(RECORD | {"symbol": 7}), "invalid_body"),
        (json.dumps(RECORD | {"symbol": ""}), "invalid_body"),
        (json.dumps(RECORD | {"symbol": "acme"}), "invalid_body"),
        (json.dumps(RECORD | {"symbol": "ACME\n"}), "invalid_body"),
        (json.dumps(RECORD | {"symbol": "A" * 13}), "invalid_body"),
        (json.dumps(RECORD | {"price": "12"}), "invalid_body"),
        (json.dumps(RECORD | {"price": True}), "invalid_body"),
        (json.dumps(RECORD | {"price": -1}), "invalid_body"),
        (json.dumps(RECORD | {"price": 1e13}), "invalid_body"),
        (json.dumps(RECORD | {"price": None}), "invalid_body"),
        ('{"symbol":"A","timestamp":"2025-01-31T09:30:00Z","price":1e-19}', "invalid_body"),
        (json.dumps(RECORD | {"volume": 1.5}), "invalid_body"),
        (json.dumps(RECORD | {"volume": -1}), "invalid_body"),
        (json.dumps(RECORD | {"timestamp": "yesterday"}), "invalid_body"),
        (json.dumps(RECORD | {"timestamp": "2025-02-30T00:00:00Z"}), "invalid_body"),
        (json.dumps(RECORD | {"timestamp": "2025-01-31T24:00:00Z"}), "invalid_body"),
        (json.dumps(RECORD | {"timestamp": "0001-01-01T00:00:00+23:00"}), "invalid_body"),
        (json.dumps(RECORD | {"timestamp": "2025-01-31T09:30:00"}), "invalid_body"),
        (json.dumps(RECORD | {"timestamp": "2025-01-31T09:30:00.1234567Z"}), "invalid_body"),
        (json.dumps({"symbol": "A"}), "invalid_body"),
    ],
)
def test_a_wrong_body_gets_a_named_error(
    handler: Api, store: ProcessStore, body: str, code: str
) -> None:
    answer = post(handler, body)
    assert answer["statusCode"] == 400
    assert error_code(answer) == code
    assert not store.records.rows


def test_a_body_that_is_too_large_is_refused(handler: Api) -> None:
    answer = post(handler, '{"symbol": "' + "A" * 300_000 + '"}')
    assert (answer["statusCode"], error_code(answer)) == (413, "payload_too_large")


def test_a_body_of_another_media_type_is_refused(handler: Api) -> None:
    answer = post(handler, RECORD, **{"Content-Type": "text/xml"})
    assert (answer["statusCode"], error_code(answer)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b'{"symbol": "\xff"}').decode(), "e30é"])
def test_a_body_that_is_not_what_its_encoding_says_is_refused(handler: Api, body: str) -> None:
    answer = handler(event("process/rest_post_records", body=body, isBase64Encoded=True), Context())
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_json")


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ключ"])
def test_a_malformed_idempotency_key_is_refused(handler: Api, key: str) -> None:
    answer = post(handler, RECORD, **{"Idempotency-Key": key})
    assert (answer["statusCode"], error_code(answer)) == (400, "invalid_header")


def test_a_price_keeps_every_digit(handler: Api, store: ProcessStore) -> None:
    text = '{"symbol":"A","timestamp":"2025-01-31T09:30:00Z","price":123456789.123456789012345678}'
    answer = post(handler, text)
    assert '"price":123456789.123456789012345678' in answer["body"]


def test_nothing_of_an_unexpected_error_reaches_the_caller(capsys: Any) -> None:
    class Broken(ProcessStore):
        def insert(self, stored: Any, receipt: Any) -> Any:
            raise RuntimeError("table arn:aws:dynamodb:secret exploded")

    answer = post(Api("process", lambda: routes(Broken())), RECORD)
    assert answer["statusCode"] == 500
    assert error_code(answer) == "internal_error"
    assert "secret" not in answer["body"]
    assert "exploded" in capsys.readouterr().out
