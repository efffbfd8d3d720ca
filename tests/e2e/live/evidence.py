"""What shows the use of permissions that the emulator does not enforce.

It writes logs, sends failed events and uses keys for a service without asking for the function's
rights, and it has no X-Ray. So here the thing itself is looked at: it must need the permission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.live.roles import Grant
from tests.e2e.live.system import System

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
    """Tracing is on, and IAM knows no narrower resource for it."""
    return bool(_config(system, job)["TracingConfig"]["Mode"] == "Active" and grant.resource == "*")


def keeps_failures(system: System, job: str, grant: Grant) -> bool:
    """Lambda sends its failed events to the queue, in its name."""
    return bool(_config(system, job)["DeadLetterConfig"]["TargetArn"] == grant.resource)


def has_an_encrypted_queue(system: System, job: str, grant: Grant) -> bool:
    """Its dead-letter queue has this key."""
    url = system.outputs["compute"]["dlq_urls"][job]
    found = system.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["KmsMasterKeyId"]
    )
    return bool(found["Attributes"]["KmsMasterKeyId"] == grant.resource)


def has_encrypted_tables(system: System, job: str, grant: Grant) -> bool:
    """Every table that it is told of has this key."""
    variables = _config(system, job)["Environment"]["Variables"]
    tables = [value for name, value in variables.items() if name.endswith("_TABLE")]
    descriptions = [
        system.client("dynamodb").describe_table(TableName=table)["Table"] for table in tables
    ]
    keys = {found["SSEDescription"]["KMSMasterKeyArn"] for found in descriptions}
    return keys == {grant.resource}


def has_an_encrypted_secret(system: System, _: str, grant: Grant) -> bool:
    """The secret has this key."""
    arn = system.outputs["network-security"]["secret_arn"]
    found = system.client("secretsmanager").describe_secret(SecretId=arn)
    return bool(found["KmsKeyId"] == grant.resource)


def reads_encrypted_uploads(system: System, _: str, grant: Grant) -> bool:
    """What is uploaded without a word about encryption gets this key."""
    return _key_of_new_object(system, "uploads") == grant.resource


def archives_encrypted(system: System, _: str, grant: Grant) -> bool:
    """What the function archived last has this key."""
    s3, bucket = system.client("s3"), system.bucket("logs")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="logs/")["Contents"]
    found = s3.head_object(Bucket=bucket, Key=listed[-1]["Key"])
    return bool(found["SSEKMSKeyId"] == grant.resource)


def _key_of_new_object(system: System, bucket: str) -> str:
    place = {"Bucket": system.bucket(bucket), "Key": "evidence"}
    system.client("s3").put_object(**place, Body=b"")
    return str(system.client("s3").head_object(**place)["SSEKMSKeyId"])


def _config(system: System, job: str) -> Any:
    return system.client("lambda").get_function_configuration(FunctionName=system.function(job))


EVIDENCE: Mapping[tuple[str, str], Evidence] = {
    ("logs:CreateLogStream", ""): writes_its_log,
    ("logs:PutLogEvents", ""): writes_its_log,
    ("xray:PutTelemetryRecords", ""): is_traced,
    ("xray:PutTraceSegments", ""): is_traced,
    ("sqs:SendMessage", ""): keeps_failures,
    ("kms:Decrypt", "sqs"): has_an_encrypted_queue,
    ("kms:GenerateDataKey", "sqs"): has_an_encrypted_queue,
    ("kms:Decrypt", "dynamodb"): has_encrypted_tables,
    ("kms:Decrypt", "secretsmanager"): has_an_encrypted_secret,
    ("kms:Decrypt", "s3"): reads_encrypted_uploads,
    ("kms:GenerateDataKey", "s3"): archives_encrypted,
}
"""Action and the service that uses the key for the function → evidence."""
