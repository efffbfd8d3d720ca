"""What each function does with each of its permissions: asked of it, and answered or not."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ingest.models import Upload

from tests.e2e.live.roles import Twin
from tests.e2e.live.system import System
from tests.patience import until
from tests.smoke.kinds import KINDS, sample

Exercise = Callable[[System, Twin], None]
"""Fails if the function cannot do what it needs the permission for."""

SYMBOL = "TWIN"


def _moment() -> str:
    return datetime.now(UTC).isoformat()


def _record(timestamp: str | None = None) -> dict[str, object]:
    return {"symbol": SYMBOL, "timestamp": timestamp or _moment(), "price": 1.5}


def store(_: System, twin: Twin) -> None:
    """A record is stored and archived."""
    assert twin.call("POST", "/records", body=_record()) == 201


def store_once(_: System, twin: Twin) -> None:
    """A record is stored together with the receipt of its idempotency key."""
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    assert twin.call("POST", "/records", body=_record(), headers=headers) == 201


def _stored(system: System) -> str:
    timestamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    assert system.api.post("/records", json=_record(timestamp)).status_code == 201
    return timestamp


def read_one(system: System, twin: Twin) -> None:
    """The record of a moment."""
    query = {"timestamp": _stored(system)}
    assert twin.call("GET", "/records/{symbol}", path=SYMBOL, query=query) == 200


def read_many(system: System, twin: Twin) -> None:
    """The records of a symbol, all on one page."""
    query = {"symbol": SYMBOL, "from": _stored(system)}
    assert twin.call("GET", "/records", query=query) == 200


def read_pages(system: System, twin: Twin) -> None:
    """A page that has a successor, so that its cursor is signed."""
    _stored(system)
    _stored(system)
    assert twin.call("GET", "/records", query={"symbol": SYMBOL, "limit": "1"}) == 200


def info(_: System, twin: Twin) -> None:
    """The configuration that the world may see."""
    assert twin.call("GET", "/info") == 200


def _make(system: System, kind: str) -> str:
    made = system.api.post(f"/{kind}", json=sample(kind))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def documents(kind: str) -> dict[str, Exercise]:
    """Action → exercise for the function of a kind of documents, by what it answers."""
    every, one, body = f"/{kind}", f"/{kind}/{{id}}", sample(kind)

    def create(_: System, twin: Twin) -> None:
        assert twin.call("POST", every, body=body) == 201

    def show(system: System, twin: Twin) -> None:
        assert twin.call("GET", one, path=_make(system, kind)) == 200

    def replace(system: System, twin: Twin) -> None:
        new = {**body, "version": 1}
        assert twin.call("PUT", one, path=_make(system, kind), body=new) == 200

    def delete(system: System, twin: Twin) -> None:
        version = {"If-Match": '"1"'}
        assert twin.call("DELETE", one, path=_make(system, kind), headers=version) == 204

    def pages(system: System, twin: Twin) -> None:
        _make(system, kind)
        _make(system, kind)
        assert twin.call("GET", every, query={"limit": "1"}) == 200

    def index(_: System, twin: Twin) -> None:
        assert twin.call("GET", every, query={"limit": "100"}) == 200

    exercises = {
        "dynamodb:PutItem": (f"POST {every}", create),
        "dynamodb:GetItem": (f"GET {one}", show),
        "dynamodb:UpdateItem": (f"PUT {one}", replace),
        "dynamodb:DeleteItem": (f"DELETE {one}", delete),
        "dynamodb:Scan": (f"GET {every}", index),
        "secretsmanager:GetSecretValue": (f"GET {every}", pages),
    }
    return {action: do for action, (key, do) in exercises.items() if key in KINDS[kind]}


def ingest_version(system: System, twin: Twin) -> None:
    """An upload in a versioned bucket: one good record, and one that goes to the DLQ."""
    _ingest(system, twin, versioned=True)


def ingest_latest(system: System, twin: Twin) -> None:
    """An upload whose event names no version."""
    _ingest(system, twin, versioned=False)


def _ingest(system: System, twin: Twin, *, versioned: bool) -> None:
    text = "\n".join([json.dumps(_record()), "poison"]).encode()
    bucket, key = system.bucket("uploads"), f"twin/{uuid.uuid4().hex}.jsonl"
    put = system.client("s3").put_object(Bucket=bucket, Key=key, Body=text)
    entry = {"key": key, "eTag": uuid.uuid4().hex}
    if versioned:
        entry["versionId"] = put["VersionId"]
    notice = {"s3": {"bucket": {"name": bucket}, "object": entry}}
    if versioned:
        _forget(system, Upload.of(notice).id)
    summary = twin.invoke({"Records": [notice]})
    assert (summary["stored"] + summary["unchanged"], summary["failed"]) == (1, 1), summary


def _forget(system: System, id: str) -> None:
    """Let the deployed function settle the upload, then let it be as if it had not."""
    where = {"TableName": system.table("idempotency"), "Key": {"id": {"S": id}}}
    database = system.client("dynamodb")
    until(lambda: "done" in database.get_item(**where).get("Item", {}), "the upload is done")
    database.delete_item(**where)


EXERCISES: Mapping[tuple[str, str, str], Exercise] = {
    ("process", "dynamodb:PutItem", "table/records"): store,
    ("process", "dynamodb:PutItem", "table/idempotency"): store_once,
    ("process", "s3:PutObject", "logs/logs/*"): store,
    ("ingest", "s3:GetObject", "uploads/*"): ingest_latest,
    ("ingest", "s3:GetObjectVersion", "uploads/*"): ingest_version,
    ("ingest", "dynamodb:PutItem", "table/records"): ingest_latest,
    ("ingest", "dynamodb:UpdateItem", "table/idempotency"): ingest_latest,
    ("ingest", "sqs:SendMessage", "ingest-dlq"): ingest_latest,
    ("retrieve", "dynamodb:GetItem", "table/records"): read_one,
    ("retrieve", "dynamodb:Query", "table/records"): read_many,
    ("retrieve", "secretsmanager:GetSecretValue", "signing"): read_pages,
    ("status", "ssm:GetParameter", "parameter/microstack/local/app_config"): info,
    **{
        (kind, action, "signing" if "secret" in action else f"table/{kind}"): exercise
        for kind in KINDS
        for action, exercise in documents(kind).items()
    },
}
"""Job, action and resource → what fails without that permission."""
