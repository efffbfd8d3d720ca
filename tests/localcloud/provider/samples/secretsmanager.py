"""Samples of Secrets Manager."""

from __future__ import annotations

import json

from tests.localcloud.provider.samples import Clients, Made, Sample


def _policy(action: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _describe(clients: Clients, made: Made) -> None:
    clients("secretsmanager").update_secret(SecretId=made.id, Description="by hand")


def _remove_secret(clients: Clients, made: Made) -> None:
    secret = made.id.split("|")[0]
    clients("secretsmanager").delete_secret(SecretId=secret, RecoveryWindowInDays=7)


SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

SAMPLES = [
    Sample(
        token=SECRET,
        needs={"key": "aws:kms/key:Key"},
        inputs=lambda needs: {
            "description": "for a test",
            "kmsKeyId": needs["key"].outputs["arn"],
            "policy": _policy("secretsmanager:GetSecretValue"),
            "recoveryWindowInDays": 7,
            "tags": {"purpose": "test"},
        },
        updates={
            "description": None,
            "policy": _policy("secretsmanager:DescribeSecret"),
            "recoveryWindowInDays": 8,
        },
        replace={"name": "other", "namePrefix": "other"},
        drift=_describe,
        drifted=("description",),
    ),
    Sample(
        token=SECRET,
        label="bare",
        needs={"key": "aws:kms/key:Key"},
        inputs={"recoveryWindowInDays": 0},
        updates=lambda needs: {
            "kmsKeyId": needs["key"].id,
            "policy": _policy("secretsmanager:*"),
        },
    ),
    Sample(
        token=VERSION,
        needs={"secret": SECRET},
        inputs=lambda needs: {"secretId": needs["secret"].id, "secretString": '{"a": 1}'},
        updates={"versionStages": ["blue", "AWSCURRENT"]},
        replace={"secretString": '{"a": 2}'},
        moves=("secretId",),
        drift=_remove_secret,
        stays="AWS keeps the current version for as long as the secret lives",
    ),
    Sample(
        token=VERSION,
        label="binary",
        needs={"secret": SECRET},
        inputs=lambda needs: {
            "secretId": needs["secret"].id,
            "secretBinary": "AAEC",
            "versionStages": ["green"],
        },
        replace={"secretBinary": "AAED"},
    ),
    Sample(
        token="aws:secretsmanager/secretRotation:SecretRotation",
        needs={"secret": SECRET},
        inputs=lambda needs: {
            "secretId": needs["secret"].id,
            "rotationLambdaArn": "arn:aws:lambda:us-east-1:000000000000:function:rotate",
            "rotationRules": {"automaticallyAfterDays": 30},
        },
    ),
]
