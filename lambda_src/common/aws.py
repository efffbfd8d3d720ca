"""AWS clients, made once per function instance, that retry with exponential backoff and jitter."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config

RETRIES: Final = Config(
    # "standard" is capped exponential backoff with full jitter and a retry quota.
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=16,
)


@cache
def client(service: str) -> Any:
    """Return the one client of a service; clients are safe to share between threads."""
    return boto3.client(service, config=RETRIES)


def setting(name: str) -> str:
    """Return an environment variable that the function cannot do without."""
    value = os.environ.get(name, "")
    if not value:
        raise RuntimeError(f"environment variable {name} is not set")
    return value


def error_code(error: Any) -> str:
    """Return the AWS error code of a botocore ClientError."""
    return str(error.response.get("Error", {}).get("Code", ""))
