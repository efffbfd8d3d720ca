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

PROBE_NAME = "smoke-probe-"
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
    _remove_probes(aws)  # of runs that were killed
    retrieve = deployed.output("compute", "function_names")["retrieve"]
    config = client.get_function_configuration(FunctionName=retrieve)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("probe.py", PROBE)
    name = f"{PROBE_NAME}{uuid.uuid4().hex[:8]}"
    client.create_function(
        FunctionName=name,
        Runtime=config["Runtime"],
        Architectures=config["Architectures"],
        Role=config["Role"],
        Handler="probe.handler",
        Timeout=30,
        Code={"ZipFile": archive.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
    yield name
    _remove_probes(aws)


def _remove_probes(aws: boto3.Session) -> None:
    """Delete every probe, with the log group that its first log line made."""
    functions, logs = aws.client("lambda"), aws.client("logs")
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if function["FunctionName"].startswith(PROBE_NAME):
                functions.delete_function(FunctionName=function["FunctionName"])
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{PROBE_NAME}")["logGroups"]
    for group in groups:
        logs.delete_log_group(logGroupName=group["logGroupName"])


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
