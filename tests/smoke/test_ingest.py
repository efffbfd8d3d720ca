"""An upload becomes records: S3 → ingest → the table → the API."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from shared.contract.base import plain
from tests.smoke.conftest import Api, Deployed


def test_the_records_of_an_uploaded_file_are_readable(
    api: Api, aws: boto3.Session, deployed: Deployed, eventually: Callable[..., Any]
) -> None:
    symbol = f"UP{uuid.uuid4().hex[:6].upper()}"
    start = datetime.now(UTC)
    lines = [
        json.dumps(
            {"symbol": symbol, "timestamp": (start + timedelta(seconds=n)).isoformat(), "price": n}
        )
        for n in range(1, 4)
    ]
    aws.client("s3").put_object(
        Bucket=plain(deployed.data.bucket_names["uploads"]),
        Key=f"smoke/{symbol}.jsonl",
        Body="\n".join(lines).encode(),
    )

    def stored() -> list[dict[str, Any]]:
        response = api.get("/records", params={"symbol": symbol})
        assert response.status_code == 200, response.text
        items: list[dict[str, Any]] = response.json()["items"]
        return items if len(items) == len(lines) else []

    found = eventually(stored, f"the records of {symbol}")
    assert sorted(item["price"] for item in found) == [1, 2, 3]
