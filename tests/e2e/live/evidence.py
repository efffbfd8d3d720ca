"""What shows the use of permissions that the emulator does not enforce.

It writes logs, sends failed events and uses keys for a service without asking for the function's
rights. So the thing is done here for which the function needs the permission, and looked at by its
effect: the log line, the message in the queue, the object under the key. X-Ray is *not emulated*:
nothing would take the calls, so there it is only looked whether Lambda would make them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tests.e2e.live.exercises import EXERCISES
from tests.e2e.live.roles import Grant, fail_event
from tests.e2e.live.system import System
from tests.e2e.live.uploads import Batch, wait_until_settled
from tests.patience import until

Evidence = Callable[[System, str, Grant], bool]
"""Whether the job's function, as deployed, has a use for the permission."""


def writes_its_log(system: System, job: str, grant: Grant) -> bool:
    """Its log group is the one that it may write, and has a line for each call."""
    system.client("lambda").invoke(FunctionName=system.function(job), Payload="{}")
    group = system.outputs["compute"]["log_group_names"][job]
    events = system.client("logs").filter_log_events(logGroupName=group)["events"]
    own = any(f'"{system.function(job)}"' in event["message"] for event in events)
    return own and grant.resource.endswith(f":log-group:{group}:*")


def is_traced(system: System, job: str, grant: Grant) -> bool:
    """Not emulated, so no call: tracing is on, and IAM knows no narrower resource for it."""
    return bool(_config(system, job)["TracingConfig"]["Mode"] == "Active" and grant.resource == "*")


def keeps_failures(system: System, job: str, grant: Grant) -> bool:
    """An event that the function fails comes to lie in the queue."""
    return _queue_of_failure(system, job)["QueueArn"] == grant.resource


def encrypts_failures(system: System, job: str, grant: Grant) -> bool:
    """The queue in which a failed event came to lie, and out of which it came, has this key."""
    return _queue_of_failure(system, job)["KmsMasterKeyId"] == grant.resource


def has_encrypted_tables(system: System, job: str, grant: Grant) -> bool:
    """Every table that it is told of has this key, and it uses each in an exercise."""
    variables = _config(system, job)["Environment"]["Variables"]
    tables = {value for name, value in variables.items() if name.endswith("_TABLE")}
    used = {place for of, action, place in EXERCISES if (of, action[:8]) == (job, "dynamodb")}
    assert tables == {system.table(place.removeprefix("table/")) for place in used}
    descriptions = [
        system.client("dynamodb").describe_table(TableName=table)["Table"] for table in tables
    ]
    keys = {found["SSEDescription"]["KMSMasterKeyArn"] for found in descriptions}
    return keys == {grant.resource}


def has_an_encrypted_secret(system: System, job: str, grant: Grant) -> bool:
    """The secret has this key, and the function reads it in an exercise."""
    assert (job, "secretsmanager:GetSecretValue", "signing") in EXERCISES
    arn = system.outputs["network-security"]["secret_arn"]
    found = system.client("secretsmanager").describe_secret(SecretId=arn)
    return bool(found["KmsKeyId"] == grant.resource)


def reads_encrypted_uploads(system: System, _: str, grant: Grant) -> bool:
    """An upload that says nothing of encryption gets this key, and its record is stored."""
    name = f"E{uuid.uuid4().hex[:8]}".upper()
    batch = Batch.make(f"evidence/{name}.jsonl", name, 10)
    event = batch.upload(system)
    wait_until_settled(system, [event])
    assert len(batch.stored(system)) == len(batch.good)
    found = system.client("s3").head_object(Bucket=system.bucket("uploads"), Key=batch.key)
    return bool(found["SSEKMSKeyId"] == grant.resource)


def archives_encrypted(system: System, _: str, grant: Grant) -> bool:
    """What the function archives for a new record has this key."""
    s3, bucket = system.client("s3"), system.bucket("logs")

    def archived() -> set[str]:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="logs/")
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    before = archived()
    record = {"symbol": "EVIDENCE", "timestamp": datetime.now(UTC).isoformat(), "price": 1}
    assert system.api.post("/records", json=record).status_code == 201
    [new] = until(lambda: archived() - before, "the event is archived")
    return bool(s3.head_object(Bucket=bucket, Key=new)["SSEKMSKeyId"] == grant.resource)


@cache
def _queue_of_failure(system: System, job: str) -> Mapping[str, str]:
    """Attributes of the queue in which an event has come to lie that failed under its role."""
    url, mark = system.outputs["compute"]["dlq_urls"][job], uuid.uuid4().hex
    fail_event(system, job, {"evidence": mark})
    sqs = system.client("sqs")

    def arrived() -> list[str]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
        messages = found.get("Messages", [])
        return [each["ReceiptHandle"] for each in messages if mark in each["Body"]]

    for receipt in until(arrived, f"the failed event is in the queue of {job}"):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return dict(attributes)


def _config(system: System, job: str) -> Any:
    return system.client("lambda").get_function_configuration(FunctionName=system.function(job))


EVIDENCE: Mapping[tuple[str, str], Evidence] = {
    ("logs:CreateLogStream", ""): writes_its_log,
    ("logs:PutLogEvents", ""): writes_its_log,
    ("xray:PutTelemetryRecords", ""): is_traced,
    ("xray:PutTraceSegments", ""): is_traced,
    ("sqs:SendMessage", ""): keeps_failures,
    ("kms:Decrypt", "sqs"): encrypts_failures,
    ("kms:GenerateDataKey", "sqs"): encrypts_failures,
    ("kms:Decrypt", "dynamodb"): has_encrypted_tables,
    ("kms:Decrypt", "secretsmanager"): has_an_encrypted_secret,
    ("kms:Decrypt", "s3"): reads_encrypted_uploads,
    ("kms:GenerateDataKey", "s3"): archives_encrypted,
}
"""Action and the service that uses the key for the function → evidence."""
