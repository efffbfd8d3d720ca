"""A real emulator for the functions' stores, started when a test asks for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
from common import aws

from localcloud.emulator import Emulator


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The variables by which boto3 reaches an emulator of this test session."""
    server = Emulator(tmp_path_factory.mktemp("emulator"))
    server.start()
    yield server.environment()
    server.stop()


@pytest.fixture
def cloud(
    emulator: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Any]]:
    """The functions' own clients, pointed at the emulator."""
    for name, value in emulator.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    aws.client.cache_clear()
    yield aws.client
    aws.client.cache_clear()


@pytest.fixture
def table(cloud: Callable[[str], Any]) -> Callable[..., str]:
    """Make a table with these string keys; gives its name."""

    def make(*keys: str) -> str:
        name = f"t{uuid.uuid4().hex[:8]}"
        kinds = ("HASH", "RANGE")
        cloud("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, kinds, strict=False)
            ],
        )
        return name

    return make


@pytest.fixture
def bucket(cloud: Callable[[str], Any]) -> Callable[[], str]:
    """Make a versioned bucket; gives its name."""

    def make() -> str:
        name = f"b{uuid.uuid4().hex[:12]}"
        cloud("s3").create_bucket(Bucket=name)
        cloud("s3").put_bucket_versioning(
            Bucket=name, VersioningConfiguration={"Status": "Enabled"}
        )
        return name

    return make
