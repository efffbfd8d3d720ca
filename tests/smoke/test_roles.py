"""Least privilege, tried out: code under a function's own role is refused what it does not need."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator

import boto3
import pytest

from tests.smoke.conftest import Deployed

PROBE = """
import os
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    print("probe")
    try:
        getattr(boto3.client(event["service"]), event["method"])(**event["arguments"])
    except ClientError as error:
        return {"code": error.response["Error"]["Code"]}
    return {"code": "allowed"}
"""


@pytest.fixture
def probe(aws: boto3.Session, deployed: Deployed) -> Iterator[str]:
    """A function of ours that runs under the role of `retrieve`, for one test."""
    client = aws.client("lambda")
    retrieve = deployed.output("compute", "function_names")["retrieve"]
    config = client.get_function_configuration(FunctionName=retrieve)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("probe.py", PROBE)
    name = f"smoke-probe-{uuid.uuid4().hex[:8]}"
    client.create_function(
        FunctionName=name,
        Runtime=config["Runtime"],
        Architectures=config["Architectures"],
        Role=config["Role"],
        Handler="probe.handler",
        Timeout=30,
        Code={"ZipFile": archive.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    yield name
    client.delete_function(FunctionName=name)


def _try(
    aws: boto3.Session, probe: str, service: str, method: str, arguments: dict[str, object]
) -> str:
    answer = aws.client("lambda").invoke(
        FunctionName=probe,
        Payload=json.dumps({"service": service, "method": method, "arguments": arguments}),
    )
    return str(json.loads(answer["Payload"].read())["code"])


def test_retrieve_may_read_records_and_nothing_else(
    aws: boto3.Session, deployed: Deployed, probe: str
) -> None:
    table = deployed.output("data", "table_names")["records"]
    key = {"symbol": {"S": "SMOKE"}, "timestamp": {"S": "never"}}
    assert _try(aws, probe, "dynamodb", "get_item", {"TableName": table, "Key": key}) == "allowed"
    for service, method, arguments in (
        ("dynamodb", "delete_item", {"TableName": table, "Key": key}),
        ("dynamodb", "list_tables", {}),
        ("s3", "list_buckets", {}),
        ("iam", "list_users", {}),
    ):
        code = _try(aws, probe, service, method, arguments)
        assert code in ("AccessDeniedException", "AccessDenied"), f"{service}:{method} gave {code}"
