"""What the deployed cloud itself says about keys, tables, buckets, functions and the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.api.routes import ROUTES
from shared.registry.buckets import BUCKETS
from shared.registry.jobs import JOBS, Job
from shared.registry.tables import TABLES, TableName
from shared.tags import PROJECT
from tests.e2e.live.system import System
from tests.e2e.live.tagged import tagged

KEYS = ("data", "logs", "secrets")
ACCESS_LOG = f"/{PROJECT}/local/api-access"
TAGS = {
    "Project", "Environment", "EnvironmentSuffix", "Region", "Layer", "ManagedBy", "Owner",
    "Repository",
}  # fmt: skip


def key(system: System, name: str) -> str:
    return str(system.outputs["network-security"][f"{name}_key_arn"])


@pytest.mark.parametrize("name", KEYS)
def test_keys_rotate_and_have_an_alias(system: System, name: str) -> None:
    kms, arn = system.client("kms"), key(system, name)
    rotation = kms.get_key_rotation_status(KeyId=arn)
    assert rotation["KeyRotationEnabled"]
    assert rotation.get("RotationPeriodInDays", 365) == 365
    aliases = {alias["AliasName"] for alias in kms.list_aliases(KeyId=arn)["Aliases"]}
    assert aliases == {f"alias/{PROJECT}-local-{name}"}


def test_secrets_are_secure_strings_and_the_plain_is_plain(system: System) -> None:
    found = system.client("ssm").describe_parameters()["Parameters"]
    kinds = {each["Name"].removeprefix(f"/{PROJECT}/local/"): each["Type"] for each in found}
    secret = ("db_password", "api_key", "db_connection_string")
    assert kinds == {"app_config": "String", **dict.fromkeys(secret, "SecureString")}
    assert {each["KeyId"] for each in found if each["Type"] == "SecureString"} == {
        key(system, "secrets")
    }


def test_the_secret_is_json_that_only_our_key_opens(system: System) -> None:
    secret = {"SecretId": system.outputs["network-security"]["secret_arn"]}
    client = system.client("secretsmanager")
    assert client.describe_secret(**secret)["KmsKeyId"] == key(system, "secrets")
    assert json.loads(client.get_secret_value(**secret)["SecretString"])["cursor_signing_key"]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_keyed_encrypted_and_restorable(system: System, name: TableName) -> None:
    client, table = system.client("dynamodb"), system.table(name)
    found = client.describe_table(TableName=table)["Table"]
    assert [part["AttributeName"] for part in found["KeySchema"]] == [
        key for key in (TABLES[name].hash_key, TABLES[name].range_key) if key
    ]
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["SSEDescription"]["KMSMasterKeyArn"] == key(system, "data")
    backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    restore = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    assert restore == "ENABLED"
    life = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (life["TimeToLiveStatus"], life["AttributeName"]) == ("ENABLED", "expires_at")


def test_records_have_a_stream_and_contributor_insights(system: System) -> None:
    client, table = system.client("dynamodb"), system.table("records")
    found = client.describe_table(TableName=table)["Table"]
    assert found["StreamSpecification"]["StreamEnabled"]
    insights = client.describe_contributor_insights(TableName=table)
    assert insights["ContributorInsightsStatus"] in ("ENABLED", "ENABLING")


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_are_private_versioned_encrypted_and_owned(system: System, name: str) -> None:
    s3, bucket = system.client("s3"), {"Bucket": system.bucket(name)}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    owners = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert owners == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    [rule] = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    default = rule["ApplyServerSideEncryptionByDefault"]
    keys = {"uploads": key(system, "data"), "logs": key(system, "logs")}
    assert default.get("KMSMasterKeyID") == keys.get(name)
    assert rule.get("BucketKeyEnabled", False) is (name in keys)
    rules = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    assert any("AbortIncompleteMultipartUpload" in each for each in rules)
    assert any("NoncurrentVersionExpiration" in each for each in rules)
    days = {each["Expiration"]["Days"] for each in rules if "Days" in each.get("Expiration", {})}
    assert days == {"uploads": {30}, "logs": {365}, "static": set()}[name]


@pytest.mark.parametrize("name", BUCKETS)
def test_wrongly_encrypted_objects_and_plain_http_are_denied(system: System, name: str) -> None:
    s3, place = system.client("s3"), {"Bucket": system.bucket(name), "Key": "denied"}
    wrong = {"static": "aws:kms"}.get(name, "AES256")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(**place, Body=b"", ServerSideEncryption=wrong)

    def over_http(request: Any, **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    s3.meta.events.register("before-sign.s3.ListObjectsV2", over_http)
    try:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.list_objects_v2(Bucket=place["Bucket"])
    finally:
        s3.meta.events.unregister("before-sign.s3.ListObjectsV2", over_http)
    s3.list_objects_v2(Bucket=place["Bucket"])


def test_access_to_uploads_is_logged_into_logs(system: System) -> None:
    found = system.client("s3").get_bucket_logging(Bucket=system.bucket("uploads"))
    assert found["LoggingEnabled"]["TargetBucket"] == system.bucket("logs")


def test_uploads_call_the_alias_of_ingest(system: System) -> None:
    found = system.client("s3").get_bucket_notification_configuration(
        Bucket=system.bucket("uploads")
    )
    [call] = found["LambdaFunctionConfigurations"]
    alias = f"{system.outputs['compute']['function_arns']['ingest']}:live"
    assert call["LambdaFunctionArn"] == alias
    assert call["Events"] == ["s3:ObjectCreated:*"]
    policy = system.client("lambda").get_policy(
        FunctionName=system.function("ingest"), Qualifier="live"
    )
    [statement] = json.loads(policy["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    conditions = {
        name: value for each in statement["Condition"].values() for name, value in each.items()
    }
    assert {name.lower(): value for name, value in conditions.items()} == {
        "aws:sourceaccount": "000000000000",
        "aws:sourcearn": system.outputs["data"]["bucket_arns"]["uploads"],
    }


@pytest.mark.parametrize("job", JOBS)
def test_functions_are_as_they_are_asked_for(system: System, job: Job) -> None:
    client, name = system.client("lambda"), system.function(job)
    found = client.get_function_configuration(FunctionName=name, Qualifier="live")
    assert (found["Runtime"], found["Architectures"]) == ("python3.14", ["arm64"])
    assert (found["Timeout"], found["MemorySize"]) == (JOBS[job].timeout_seconds, 256)
    assert found["Version"] != "$LATEST"
    assert found["TracingConfig"]["Mode"] == "Active"
    assert found["LoggingConfig"]["LogGroup"] == f"/{PROJECT}/local/{job}"
    assert len(found["Layers"]) == 1
    for qualifier in ({}, {"Qualifier": "live"}):
        retries = client.get_function_event_invoke_config(FunctionName=name, **qualifier)
        assert retries["MaximumRetryAttempts"] == 2
    url = system.outputs["compute"]["dlq_urls"][job]
    queue = system.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert found["DeadLetterConfig"]["TargetArn"] == queue["Attributes"]["QueueArn"]
    assert queue["Attributes"]["MessageRetentionPeriod"] == str(14 * 24 * 60 * 60)
    assert queue["Attributes"]["KmsMasterKeyId"] == key(system, "data")


def test_log_groups_are_encrypted_and_end(system: System) -> None:
    groups = system.client("logs").describe_log_groups()["logGroups"]
    ours = {group["logGroupName"]: group for group in groups}
    names = set(system.outputs["compute"]["log_group_names"].values())
    names.add(ACCESS_LOG)
    assert names <= set(ours)
    for name in names:
        assert ours[name]["retentionInDays"] == 7
        assert ours[name]["kmsKeyId"] == key(system, "logs")


@pytest.mark.parametrize("job", JOBS)
def test_every_role_stands_under_the_boundary(system: System, job: str) -> None:
    config = system.client("lambda").get_function_configuration(FunctionName=system.function(job))
    role = system.client("iam").get_role(RoleName=config["Role"].rpartition("/")[2])["Role"]
    boundary = system.outputs["network-security"]["permissions_boundary_arn"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary


def test_the_stage_is_throttled_counted_and_logged(system: System) -> None:
    api = system.outputs["api"]
    stage = system.client("apigateway").get_stage(
        restApiId=api["api_id"], stageName=api["stage_name"]
    )
    settings = stage["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (1000, 2000)
    assert settings["metricsEnabled"]
    assert settings["loggingLevel"] in ("INFO", "ERROR")
    assert stage["tracingEnabled"]
    line = json.loads(stage["accessLogSettings"]["format"])
    assert {"$context.requestId", "$context.status", "$context.httpMethod"} <= set(line.values())
    group = stage["accessLogSettings"]["destinationArn"].partition(":log-group:")[2]
    assert group == ACCESS_LOG


def test_there_is_a_method_for_every_route(system: System) -> None:
    rest = {"restApiId": system.outputs["api"]["api_id"]}
    resources = system.client("apigateway").get_resources(**rest, limit=500, embed=["methods"])
    found = {
        f"{method} {resource['path']}"
        for resource in resources["items"]
        for method in resource.get("resourceMethods", {})
    }
    assert {each for each in found if not each.startswith("OPTIONS ")} == {r.key for r in ROUTES}
    assert len({each for each in found if each.startswith("OPTIONS ")}) == len(
        {route.path for route in ROUTES}
    )


def test_what_is_made_says_whose_it_is(system: System) -> None:
    """Every resource whose type has tags in Pulumi's own provider, asked of its service."""
    layers = system.checkout.layers()
    found = [each for layer in layers for each in tagged(system, layer)]
    assert {each.layer for each in found} == set(layers)
    for each in found:
        assert set(each.tags) >= TAGS, each
        assert all(each.tags[name] for name in TAGS), each
        assert (each.tags["Layer"], each.tags["ManagedBy"]) == (each.layer, "Pulumi"), each
        assert each.tags["EnvironmentSuffix"] == "local", each
        assert each.tags["Region"] == system.region, each
