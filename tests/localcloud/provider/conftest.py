"""A real emulator for the provider's tests: one per test session, with IAM enforced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest

from localcloud.emulator import Emulator
from tests.localcloud.provider.driver import Driver

REGION = "us-east-1"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Give the variables by which boto3 reaches the emulator as its admin user."""
    emulator = Emulator(tmp_path_factory.mktemp("emulator"))
    emulator.start()
    yield emulator.environment()
    emulator.stop()


@pytest.fixture(scope="session")
def driver(environment: Mapping[str, str]) -> Driver:
    """Give a configured provider without default tags."""
    return Driver(environment, {"region": REGION})


@pytest.fixture(scope="session")
def clients(environment: Mapping[str, str]) -> Callable[..., Any]:
    """Give boto3 clients of the emulator, past the provider."""
    session = boto3.session.Session(
        environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    )
    cache: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str = REGION) -> Any:
        if (service, region) not in cache:
            cache[service, region] = session.client(
                service, region, endpoint_url=environment["AWS_ENDPOINT_URL"]
            )
        return cache[service, region]

    return client
