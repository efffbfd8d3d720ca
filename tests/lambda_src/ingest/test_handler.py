"""The Lambda entry of `ingest`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ingest.handler import Ingest
from ingest.models import IngestError, Upload
from ingest.rejections import SHOWN

from tests.lambda_src.memory import IngestStore
from tests.lambda_src.samples import Context, event

GOOD = '{"symbol": "ACME", "timestamp": "2025-01-31T09:30:00Z", "price": 1}'


def handle(store: IngestStore, sample: dict[str, Any]) -> dict[str, Any]:
    return Ingest(lambda: store)(sample, Context())


def test_the_key_is_decoded_and_the_version_kept() -> None:
    (record,) = event("ingest/s3_object_created")["Records"]
    upload = Upload.of(record)
    assert upload.key == "day one/café +1.json"
    assert upload.version_id == "v1"


def test_versions_of_one_key_are_different_uploads() -> None:
    (record,) = event("ingest/s3_object_created")["Records"]
    upload = Upload.of(record)
    assert upload.id != replace(upload, revision="v2").id


def test_an_upload_is_stored(capsys: pytest.CaptureFixture[str]) -> None:
    store = IngestStore(GOOD.encode())
    assert handle(store, event("ingest/s3_object_created"))["stored"] == 1
    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert logged["correlation_id"] == "C3D13FE58DE4C810"
    assert logged["RecordsStored"] == 1
    assert logged["objects"] == ["s3://uploads/day one/café +1.json"]


def test_an_object_that_fails_does_not_hold_up_the_next_but_fails_the_event() -> None:
    sample = event("ingest/s3_object_created")
    sample["Records"] *= 2
    bad, good = IngestStore(GOOD.encode(), fail_at=1), IngestStore(GOOD.encode())
    stores = iter([bad, good])
    with pytest.raises(RuntimeError):
        Ingest(lambda: next(stores))(sample, Context())
    assert len(good.records.rows) == 1


@pytest.mark.parametrize("sample", [{}, {"Records": None}, {"Records": [{}]}])
def test_what_is_no_s3_event_fails_so_that_it_ends_in_the_dlq(sample: dict[str, Any]) -> None:
    with pytest.raises((IngestError, KeyError)):
        handle(IngestStore(), sample)


def test_the_test_event_of_a_new_notification_is_nothing() -> None:
    assert handle(IngestStore(), {"Event": "s3:TestEvent"})["stored"] == 0


def warnings(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["level"] == "WARNING"]


PLACE = {"bucket": "uploads", "key": "day one/café +1.json", "version_id": "v1"}
SECRET = "hunter2"
REASONS = {
    "invalid_body": f'{{"symbol": "{SECRET}", "price": "{SECRET}", "{SECRET}": 1}}',
    "invalid_json": f'{{"{SECRET}":1,"{SECRET}":2}}',
}


@pytest.mark.parametrize("code", REASONS)
def test_a_rejected_record_is_named_with_its_reason_and_none_of_its_content(
    capsys: pytest.CaptureFixture[str], code: str
) -> None:
    handle(IngestStore(f"{GOOD}\n{REASONS[code]}".encode()), event("ingest/s3_object_created"))
    (line,) = warnings(capsys)
    assert line.items() >= {**PLACE, "index": 1, "code": code}.items()
    assert line["correlation_id"] == "C3D13FE58DE4C810"
    assert line["reason"].endswith(".")
    assert SECRET not in str(line)


def test_a_number_that_is_refused_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    handle(IngestStore(b'{"price": 4711e999}'), event("ingest/s3_object_created"))
    (line,) = warnings(capsys)
    assert line["reason"] == "A number is out of range."


def test_an_object_that_is_not_done_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError):
        handle(IngestStore(GOOD.encode(), fail_at=1), event("ingest/s3_object_created"))
    (line,) = warnings(capsys)
    assert line.items() >= {**PLACE, "code": "RuntimeError"}.items()


def test_a_long_event_does_not_make_a_long_line() -> None:
    sample = event("ingest/s3_object_created")
    sample["Records"] *= 50
    assert len(handle(IngestStore(GOOD.encode()), sample)["objects"]) == SHOWN


def failure(**changes: Any) -> dict[str, Any]:
    place = {"bucket": "uploads", "key": "a.json", "version_id": "v1"}
    message = {"kind": "ingest.failure", "object": place, "index": 3, "truncated": False}
    return message | {"record": GOOD} | changes


def test_a_redriven_failure_is_tried_again_and_twice_does_no_harm() -> None:
    store = IngestStore()
    assert handle(store, failure())["stored"] == 1
    assert handle(store, failure(index=4))["unchanged"] == 1
    assert len(store.records.rows) == 1


@pytest.mark.parametrize("changes", [{"record": "poison"}, {"truncated": True}])
def test_a_redriven_failure_that_fails_again_says_so_and_is_not_reported_twice(
    changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    store = IngestStore()
    answer = handle(store, failure(**changes))
    assert answer["failed"] == 1
    assert answer["reason"]["code"] == "invalid_json"
    assert not store.failures
    (line,) = warnings(capsys)
    assert (line["key"], line["index"], line["code"]) == ("a.json", 3, "invalid_json")
