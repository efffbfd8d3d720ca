"""The functions as they are deployed: zip, Lambda layer, IAM enforced, S3 events and DLQ."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lambda_src.deployment import Deployment
from tests.lambda_src.samples import body_of, event
from tests.patience import until


@pytest.fixture
def deployment(cloud: Callable[[str], Any], tmp_path: Path) -> Deployment:
    return Deployment(cloud, tmp_path / "build")


def arn_of(cloud: Callable[[str], Any], table: str) -> str:
    return str(cloud("dynamodb").describe_table(TableName=table)["Table"]["TableArn"])


def test_a_record_goes_in_and_out(
    cloud: Callable[[str], Any],
    deployment: Deployment,
    table: Callable[..., str],
    bucket: Callable[[], str],
) -> None:
    records, receipts, logs = table("symbol", "timestamp"), table("id"), bucket()
    key = cloud("kms").create_key()["KeyMetadata"]["Arn"]
    secret = cloud("secretsmanager").create_secret(
        Name=f"s{uuid.uuid4().hex[:8]}", SecretString='{"cursor_signing_key": "k"}'
    )
    process = deployment.function(
        "process",
        environment={
            "RECORDS_TABLE": records,
            "IDEMPOTENCY_TABLE": receipts,
            "LOGS_BUCKET": logs,
            "LOGS_KEY_ARN": key,
        },
        permissions=[
            (["dynamodb:PutItem"], [arn_of(cloud, records), arn_of(cloud, receipts)]),
            (["s3:PutObject"], [f"arn:aws:s3:::{logs}/logs/*"]),
            (["kms:GenerateDataKey"], [key]),
        ],
    )
    retrieve = deployment.function(
        "retrieve",
        environment={"RECORDS_TABLE": records, "SECRET_NAME": secret["Name"]},
        permissions=[
            (["dynamodb:Query", "dynamodb:GetItem"], [arn_of(cloud, records)]),
            (["secretsmanager:GetSecretValue"], [secret["ARN"]]),
        ],
    )
    for minute in range(3):
        for headers in ({}, {"Idempotency-Key": f"k{minute}"}):
            body = {"symbol": "ACME", "timestamp": f"2025-01-31T09:3{minute}:00Z", "price": 0.1}
            sample = event("process/rest_post_records", body=json.dumps(body), headers=headers)
            assert deployment.invoke(process, sample)["statusCode"] == (200 if headers else 201)
    sample = event("retrieve/http_get_symbol", rawQueryString="limit=2")
    first = body_of(deployment.invoke(retrieve, sample))
    assert (first["count"], first["items"][0]["price"]) == (2, 0.1)
    sample["rawQueryString"] += f"&cursor={first['cursor']}"
    second = body_of(deployment.invoke(retrieve, sample))
    assert [item["timestamp"] for item in second["items"]] == ["2025-01-31T09:32:00Z"]
    assert second["cursor"] is None


def test_an_upload_is_ingested_and_what_fails_is_in_the_dlq(
    cloud: Callable[[str], Any],
    deployment: Deployment,
    table: Callable[..., str],
    bucket: Callable[[], str],
) -> None:
    records, progress, uploads = table("symbol", "timestamp"), table("id"), bucket()
    queue = cloud("sqs").create_queue(QueueName=f"q{uuid.uuid4().hex[:8]}")["QueueUrl"]
    queue_arn = cloud("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])[
        "Attributes"
    ]["QueueArn"]
    ingest = deployment.function(
        "ingest",
        environment={
            "RECORDS_TABLE": records,
            "IDEMPOTENCY_TABLE": progress,
            "INGEST_DLQ_URL": queue,
        },
        permissions=[
            (["dynamodb:PutItem"], [arn_of(cloud, records)]),
            (["dynamodb:UpdateItem"], [arn_of(cloud, progress)]),
            (["s3:GetObject", "s3:GetObjectVersion"], [f"arn:aws:s3:::{uploads}/*"]),
            (["sqs:SendMessage"], [queue_arn]),
        ],
        dead_letters=queue_arn,
    )
    function = cloud("lambda").get_function(FunctionName=ingest)["Configuration"]["FunctionArn"]
    cloud("s3").put_bucket_notification_configuration(
        Bucket=uploads,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
            ]
        },
    )
    good = [
        {"symbol": "ACME", "timestamp": f"2025-01-31T{n // 60:02}:{n % 60:02}:00Z", "price": n}
        for n in range(200)
    ]
    lines = [json.dumps(each) for each in good] + ["poison", '{"symbol": "ACME"}']
    cloud("s3").put_object(Bucket=uploads, Key="day one/é+1.jsonl", Body="\n".join(lines).encode())

    def settled() -> bool:
        items = cloud("dynamodb").scan(TableName=progress)["Items"]
        return any("done" in item for item in items)

    until(settled, "the upload is done")
    assert cloud("dynamodb").scan(TableName=records, Select="COUNT")["Count"] == 200
    messages = cloud("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    failures = {body["record"]: body for body in (json.loads(m["Body"]) for m in messages)}
    assert set(failures) == {"poison", '{"symbol": "ACME"}'}
    assert failures["poison"]["reason"]["code"] == "invalid_json"
    assert failures["poison"]["object"]["key"] == "day one/é+1.jsonl"


def test_users_and_status_work_with_exactly_their_permissions(
    cloud: Callable[[str], Any], deployment: Deployment, table: Callable[..., str]
) -> None:
    name, parameter = table("id"), f"/t/{uuid.uuid4().hex[:8]}"
    cloud("ssm").put_parameter(Name=parameter, Value='{"public": {"n": 1}}', Type="String")
    secret = cloud("secretsmanager").create_secret(Name=parameter, SecretString="key")
    region = cloud("ssm").meta.region_name
    users = deployment.function(
        "users",
        environment={"USERS_TABLE": name, "SECRET_NAME": secret["ARN"]},
        permissions=[
            (
                [f"dynamodb:{each}Item" for each in ("Put", "Get", "Update", "Delete")]
                + ["dynamodb:Scan"],
                [arn_of(cloud, name)],
            ),
            (["secretsmanager:GetSecretValue"], [secret["ARN"]]),
        ],
    )
    status = deployment.function(
        "status",
        environment={"APP_CONFIG_PARAMETER": parameter},
        permissions=[
            (["ssm:GetParameter"], [f"arn:aws:ssm:{region}:000000000000:parameter{parameter}"])
        ],
    )
    info = deployment.invoke(status, event("status/rest_get_health", resource="/info"))
    assert body_of(info)["config"] == {"n": 1}

    def call(
        method: str, resource: str, body: object = None, version: int = 0, **query: str
    ) -> Any:
        return deployment.invoke(
            users,
            event(
                "users/rest_put_user",
                httpMethod=method,
                resource=resource,
                body=json.dumps(body),
                queryStringParameters=query or None,
                headers={"If-Match": f'"{version}"'} if version else {},
            ),
        )

    ada = {"name": "Ada", "email": "ada@example.com"}
    for id in ("ada", "bob"):
        assert call("POST", "/users", ada | {"id": id})["statusCode"] == 201
    assert call("PUT", "/users/{id}", ada | {"version": 1})["statusCode"] == 200
    assert body_of(call("GET", "/users/{id}"))["version"] == 2
    cursor = body_of(call("GET", "/users", limit="1"))["cursor"]
    assert body_of(call("GET", "/users", limit="1", cursor=cursor))["cursor"] is None
    assert call("DELETE", "/users/{id}", version=2)["statusCode"] == 204
