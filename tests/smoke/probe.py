"""Code under a function's own role, and what it is refused."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from typing import Any

import boto3

Call = tuple[str, str, dict[str, Any]]
"""Service, method and arguments, as boto3 has them."""

NAME = "smoke-probe-"
ALLOWED = "allowed"
CODE = """
import boto3
from botocore.exceptions import ClientError

def attempt(service, method, arguments):
    try:
        getattr(boto3.client(service), method)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"

def handler(event, context):
    print("probe")
    return [attempt(*call) for call in event["calls"]]
"""


def verdicts(aws: boto3.Session, function: str, calls: Sequence[Call]) -> list[str]:
    """Make the calls under the role of a function, in one of ours that lives as long as this.

    Returns for each the error code, or ALLOWED.
    """
    client = aws.client("lambda")
    _remove_probes(aws)  # of runs that were killed
    name = _make_probe(client, function)
    try:
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"calls": calls}))
        codes: list[str] = json.loads(answer["Payload"].read())
        return codes
    finally:
        _remove_probes(aws)


def _make_probe(client: Any, function: str) -> str:
    config = client.get_function_configuration(FunctionName=function)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("probe.py", CODE)
    name = f"{NAME}{uuid.uuid4().hex[:8]}"
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
    return name


def _remove_probes(aws: boto3.Session) -> None:
    """Delete every probe, with the log group that its first log line made."""
    functions, logs = aws.client("lambda"), aws.client("logs")
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if function["FunctionName"].startswith(NAME):
                functions.delete_function(FunctionName=function["FunctionName"])
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}")["logGroups"]
    for group in groups:
        logs.delete_log_group(logGroupName=group["logGroupName"])
