"""Code under a function's own role, and what it is refused."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

Call = tuple[str, str, dict[str, Any]]
"""Service, method and arguments, as boto3 has them."""

NAME = "smoke-probe-"
FORGOTTEN = timedelta(hours=1)
"""Older probes are those of killed runs; younger ones may be at work for somebody else."""
ANY_TIME = datetime.max.replace(tzinfo=UTC)
LAMBDA_TIME = "%Y-%m-%dT%H:%M:%S.%f%z"
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


def verdicts(aws: boto3.Session, function: str, calls: Sequence[Call], *, alone: bool) -> list[str]:
    """Make the calls under the role of a function, in one of ours that lives as long as this.

    `alone`: nobody else can be trying the account out, so every probe is of a killed run. Returns
    for each call the error code, or ALLOWED.
    """
    client = aws.client("lambda")
    _remove_probes(aws, before=datetime.now(UTC) - (timedelta(0) if alone else FORGOTTEN))
    name = _make_probe(client, function)
    try:
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"calls": calls}))
        codes: list[str] = json.loads(answer["Payload"].read())
        return codes
    finally:
        _remove_probes(aws, name)


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


def _remove_probes(aws: boto3.Session, name: str = NAME, *, before: datetime = ANY_TIME) -> None:
    """Delete probes of that name, with the log groups that their first log lines made."""
    functions, logs = aws.client("lambda"), aws.client("logs")
    for page in functions.get_paginator("list_functions").paginate():
        for found in page["Functions"]:
            made = datetime.strptime(found["LastModified"], LAMBDA_TIME)
            if found["FunctionName"].startswith(name) and made < before:
                functions.delete_function(FunctionName=found["FunctionName"])
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    for group in groups:
        if datetime.fromtimestamp(group["creationTime"] / 1000, UTC) < before:
            logs.delete_log_group(logGroupName=group["logGroupName"])
