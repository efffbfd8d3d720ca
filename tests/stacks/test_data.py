from __future__ import annotations

import json

import pytest

from shared.errors import UpstreamError
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, Program, run

TABLES = {
    "records": [{"name": "symbol", "type": "S"}, {"name": "timestamp", "type": "S"}],
    "users": [{"name": "id", "type": "S"}],
    "items": [{"name": "id", "type": "S"}],
    "idempotency": [{"name": "id", "type": "S"}],
}
CMK = {"uploads": "data_key_arn", "logs": "logs_key_arn"}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_encrypted_restorable_and_on_demand(
    security: Program, data: Program, name: str
) -> None:
    table = data.one("dynamodb/table:Table", name).inputs
    assert table["attributes"] == TABLES[name]
    assert table["hashKey"] == TABLES[name][0]["name"]
    assert table["billingMode"] == "PAY_PER_REQUEST"
    assert table["pointInTimeRecovery"] == {"enabled": True}
    assert table["serverSideEncryption"] == {
        "enabled": True,
        "kmsKeyArn": security.outputs["data_key_arn"],
    }
    assert table["ttl"] == {"enabled": True, "attributeName": "expires_at"}
    assert "name" not in table


def test_records_are_sorted_by_time_and_streamed(data: Program) -> None:
    records = data.one("dynamodb/table:Table", "records").inputs
    assert records["rangeKey"] == "timestamp"
    assert records["streamEnabled"] is True
    assert records["streamViewType"] == "NEW_AND_OLD_IMAGES"


def test_contributor_insights_are_on_for_records_and_can_be_switched_off(
    security: Program, data: Program
) -> None:
    insights = data.one("dynamodb/contributorInsights:ContributorInsights", "records-insights")
    assert insights.inputs == {"tableName": data.outputs["table_names"]["records"]}
    without = run("data", upstream=below(security), config={"contributor_insights": "false"})
    assert without.all("dynamodb/contributorInsights:ContributorInsights") == {}


@pytest.mark.parametrize("name", [*CMK, "static"])
def test_no_bucket_can_be_public(data: Program, name: str) -> None:
    block = data.one("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", f"{name}-public-access")
    assert block.inputs == {
        "bucket": data.outputs["bucket_names"][name],
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    owner = data.one("s3/bucketOwnershipControls:BucketOwnershipControls", f"{name}-ownership")
    assert owner.inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@pytest.mark.parametrize("name", CMK)
def test_buckets_are_encrypted_with_their_key_and_bucket_keys(
    security: Program, data: Program, name: str
) -> None:
    encryption = data.one(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        f"{name}-encryption",
    )
    assert encryption.inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": "aws:kms",
                "kmsMasterKeyId": security.outputs[CMK[name]],
            },
            "bucketKeyEnabled": True,
        }
    ]


def test_static_is_encrypted_by_s3_and_never_expires(data: Program) -> None:
    encryption = data.one(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "static-encryption",
    )
    assert encryption.inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ]
    policy = data.one("s3/bucketPolicy:BucketPolicy", "static-policy")
    header = "s3:x-amz-server-side-encryption"
    assert policy.statement("policy", "DenyWrongEncryption")["Condition"] == {
        "StringNotEquals": {header: "AES256"},
        "Null": {header: "false"},
    }
    assert policy.statement("policy", "DenyPlainHttp")["Effect"] == "Deny"
    rules = data.one(
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "static-lifecycle"
    ).inputs["rules"]
    assert [rule["id"] for rule in rules] == ["clean-up"]


@pytest.mark.parametrize(("name", "days"), [("uploads", 30), ("logs", 365)])
def test_buckets_are_versioned_and_cleaned_up(data: Program, name: str, days: int) -> None:
    versioning = data.one("s3/bucketVersioning:BucketVersioning", f"{name}-versioning")
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = data.one(
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", f"{name}-lifecycle"
    )
    assert lifecycle.inputs["rules"] == [
        {
            "id": "clean-up",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            "noncurrentVersionExpiration": {"noncurrentDays": 30},
        },
        {
            "id": "expire",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "expiration": {"days": days},
        },
    ]
    assert f"{name}-versioning" in lifecycle.depends_on


@pytest.mark.parametrize("name", CMK)
def test_plain_http_and_other_encryption_are_denied(
    security: Program, data: Program, name: str
) -> None:
    policy = data.one("s3/bucketPolicy:BucketPolicy", f"{name}-policy")
    arn = data.outputs["bucket_arns"][name]
    header = "s3:x-amz-server-side-encryption"
    assert policy.statement("policy", "DenyPlainHttp") == {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*"],
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    algorithm = policy.statement("policy", "DenyWrongEncryption")
    assert algorithm == {
        "Sid": "DenyWrongEncryption",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:PutObject"],
        "Resource": f"{arn}/*",
        "Condition": {"StringNotEquals": {header: "aws:kms"}, "Null": {header: "false"}},
    }
    key = policy.statement("policy", "DenyWrongKey")
    assert key["Effect"] == "Deny"
    assert key["Condition"] == {
        "StringNotEquals": {f"{header}-aws-kms-key-id": security.outputs[CMK[name]]},
        "Null": {f"{header}-aws-kms-key-id": "false"},
    }


def test_only_s3_delivers_the_access_log_of_uploads_into_logs(data: Program) -> None:
    logs = data.outputs["bucket_arns"]["logs"]
    allowed = data.one("s3/bucketPolicy:BucketPolicy", "logs-policy").statement(
        "policy", "DeliverAccessLogs"
    )
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Resource"] == f"{logs}/access/*"
    assert allowed["Condition"] == {
        "ArnLike": {"aws:SourceArn": data.outputs["bucket_arns"]["uploads"]},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    logging = data.one("s3/bucketLogging:BucketLogging", "uploads-logging")
    assert logging.inputs == {
        "bucket": data.outputs["bucket_names"]["uploads"],
        "targetBucket": data.outputs["bucket_names"]["logs"],
        "targetPrefix": "access/",
    }
    assert "logs-policy" in logging.depends_on


@pytest.mark.parametrize("prevent", [True, False])
def test_preventing_destruction_protects_tables_and_buckets(
    security: Program, *, prevent: bool
) -> None:
    config = {"prevent_destroy": json.dumps(prevent), "billing_mode": "provisioned"}
    program = run("data", upstream=below(security), config=config)
    protected = {item.type for item in program.resources if item.protect}
    assert protected == ({"aws:dynamodb/table:Table", "aws:s3/bucket:Bucket"} if prevent else set())
    for table in program.all("dynamodb/table:Table").values():
        assert table.protect is prevent
        assert table.inputs["deletionProtectionEnabled"] is prevent
    for bucket in program.all("s3/bucket:Bucket").values():
        assert bucket.protect is prevent
        assert bucket.inputs["forceDestroy"] is not prevent


def test_days_are_settings(security: Program) -> None:
    config = {
        "uploads_expire_days": "9",
        "old_versions_expire_days": "8",
        "abort_multipart_days": "6",
    }
    program = run("data", upstream=below(security), config=config)
    rules = program.one(
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "uploads-lifecycle"
    ).inputs["rules"]
    assert rules[0]["noncurrentVersionExpiration"] == {"noncurrentDays": 8}
    assert rules[0]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 6}
    assert rules[1]["expiration"] == {"days": 9}


def test_provisioned_capacity_follows_the_load(security: Program, data: Program) -> None:
    config = {
        "billing_mode": "provisioned",
        "min_capacity": "2",
        "max_capacity": "20",
        "target_utilization_percent": "60",
    }
    program = run("data", upstream=below(security), config=config)
    for name in TABLES:
        table = program.one("dynamodb/table:Table", name)
        assert table.inputs["billingMode"] == "PROVISIONED"
        assert (table.inputs["readCapacity"], table.inputs["writeCapacity"]) == (2, 2)
        assert table.ignored == frozenset(), "on-demand tables could not change over"
        for kind in ("Read", "Write"):
            role = f"{name}-{kind.lower()}"
            target = program.one("appautoscaling/target:Target", f"{role}-capacity").inputs
            assert target == {
                "serviceNamespace": "dynamodb",
                "scalableDimension": f"dynamodb:table:{kind}CapacityUnits",
                "resourceId": f"table/{name}-made",
                "minCapacity": 2,
                "maxCapacity": 20,
            }
            policy = program.one("appautoscaling/policy:Policy", f"{role}-utilization").inputs
            assert policy["policyType"] == "TargetTrackingScaling"
            assert policy["targetTrackingScalingPolicyConfiguration"] == {
                "predefinedMetricSpecification": {
                    "predefinedMetricType": f"DynamoDB{kind}CapacityUtilization"
                },
                "targetValue": 60,
            }
    assert data.all("appautoscaling/target:Target") == {}


@pytest.fixture(scope="module")
def western_security() -> Program:
    return run("network-security", stack="local-us-west-2", region="us-west-2")


def test_by_default_no_table_is_copied_elsewhere(data: Program) -> None:
    assert not [t for t in data.all("dynamodb/table:Table").values() if "replicas" in t.inputs]


@pytest.mark.parametrize("prevent", [True, False])
def test_records_have_a_copy_under_the_key_of_its_own_region(
    security: Program, western_security: Program, *, prevent: bool
) -> None:
    config = {"replica_regions": '["us-west-2"]', "prevent_destroy": json.dumps(prevent)}
    upstream = below(security) | {"network-security/local-us-west-2": western_security}
    program = run("data", upstream=upstream, config=config)
    key = western_security.outputs["data_key_arn"]
    assert ":us-west-2:" in key
    assert program.one("dynamodb/table:Table", "records").inputs["replicas"] == [
        {
            "regionName": "us-west-2",
            "kmsKeyArn": key,
            "pointInTimeRecovery": True,
            "deletionProtectionEnabled": prevent,
            "propagateTags": True,
        }
    ]
    for name in set(TABLES) - {"records"}:
        assert "replicas" not in program.one("dynamodb/table:Table", name).inputs


def test_a_copy_needs_the_keys_of_its_region_first(security: Program) -> None:
    with pytest.raises(UpstreamError, match=r"\./invoke up network-security --region us-west-2$"):
        run("data", upstream=below(security), config={"replica_regions": '["us-west-2"]'})


def test_a_further_region_is_built_of_its_own_keys(western_security: Program) -> None:
    program = run(
        "data", upstream=below(western_security), stack="local-us-west-2", region="us-west-2"
    )
    for table in program.all("dynamodb/table:Table").values():
        key = table.inputs["serverSideEncryption"]["kmsKeyArn"]
        assert key == western_security.outputs["data_key_arn"]
