"""Samples of S3."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.localcloud.provider.samples import Clients, Made, Needs, Props, Sample

BUCKET = "aws:s3/bucket:Bucket"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"  # lets buckets send
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"  # lets buckets publish
ACCOUNT = "000000000000"
_ON_BUCKET = {"bucket": BUCKET}
_OWNED = {"expectedBucketOwner": ACCOUNT}


def _of_bucket(**inputs: Any) -> Callable[[Needs], Mapping[str, Any]]:
    return lambda needs: {"bucket": needs["bucket"].id, **inputs}


def _by_hand(call: str, **arguments: Any) -> Callable[[Clients, Made], None]:
    def disturb(clients: Clients, made: Made) -> None:
        getattr(clients("s3"), call)(Bucket=made.id, **arguments)

    return disturb


def _policy(needs: Needs, *, sid: str) -> str:
    statement: Props = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:PutObject"],
        "Resource": f"arn:aws:s3:::{needs['bucket'].id}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _encrypted(algorithm: str, *, key: str | None = None, bucket_key: bool = False) -> list[Props]:
    default = {"sseAlgorithm": algorithm} | ({"kmsMasterKeyId": key} if key else {})
    rule: Props = {"applyServerSideEncryptionByDefault": default}
    return [{**rule, "bucketKeyEnabled": True} if bucket_key else rule]


def _send(needs: Needs, *, prefix: str) -> Props:
    queue = needs["queue"].id.rsplit("/", 1)[-1]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"
    return {"queueArn": arn, "events": ["s3:ObjectCreated:*"], "filterPrefix": prefix}


def _call(needs: Needs, *, suffix: str) -> Props:
    arn = needs["function"].outputs["arn"]
    return {"lambdaFunctionArn": arn, "events": ["s3:ObjectCreated:*"], "filterSuffix": suffix}


def _overwrite(clients: Clients, made: Made) -> None:
    bucket, _, key = made.id.partition("/")
    clients("s3").put_object(Bucket=bucket, Key=key, Body=b"by hand", ContentType="text/plain")


_EXPIRE: Props = {"id": "expire", "status": "Enabled", "expiration": {"days": 30}}
_RULES: list[Props] = [
    {**_EXPIRE, "filter": {}},
    {
        "id": "old-versions",
        "status": "Enabled",
        "filter": {"and": {"prefix": "raw/", "tags": {"kind": "raw"}}},
        "noncurrentVersionExpiration": {"noncurrentDays": 30, "newerNoncurrentVersions": 2},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    },
    {
        "id": "cold",
        "status": "Disabled",
        "filter": {"prefix": "cold/"},
        "transitions": [{"days": 30, "storageClass": "GLACIER"}],
        "expiration": {"date": "2031-01-01T00:00:00Z"},
    },
]

SAMPLES = [
    Sample(
        token=BUCKET,
        inputs={"forceDestroy": True, "tags": {"purpose": "test"}},
        updates={"forceDestroy": False},
        replace={"bucket": "another-bucket", "objectLockEnabled": True},
        drift=_by_hand("delete_bucket"),
    ),
    Sample(
        token=BUCKET,
        label="locked",
        inputs={"bucketPrefix": "locked-", "objectLockEnabled": True},
        replace={"objectLockEnabled": None},
        drift=_by_hand("delete_bucket"),
    ),
    Sample(
        token="aws:s3/bucketVersioning:BucketVersioning",
        needs=_ON_BUCKET,
        inputs=_of_bucket(versioningConfiguration={"status": "Enabled"}),
        updates={"versioningConfiguration": {"status": "Suspended"}},
        replace=_OWNED,
        moves=("bucket",),
        drift=_by_hand("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        not_tried={"mfa": "a code of somebody's device"},
    ),
    Sample(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        needs={**_ON_BUCKET, "key": "aws:kms/key:Key"},
        inputs=lambda needs: {
            "bucket": needs["bucket"].id,
            "rules": _encrypted("aws:kms", key=needs["key"].outputs["arn"], bucket_key=True),
        },
        updates={"rules": _encrypted("AES256")},
        replace=_OWNED,
        moves=("bucket",),
        drift=_by_hand("delete_bucket_encryption"),
    ),
    Sample(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        needs=_ON_BUCKET,
        inputs=_of_bucket(blockPublicAcls=True, blockPublicPolicy=True),
        updates={
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
            "blockPublicPolicy": None,
            "blockPublicAcls": False,
        },
        moves=("bucket",),
        drift=_by_hand(
            "put_public_access_block",
            PublicAccessBlockConfiguration={"BlockPublicAcls": False, "BlockPublicPolicy": True},
        ),
        drifted=("blockPublicAcls",),
    ),
    Sample(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        needs=_ON_BUCKET,
        inputs=_of_bucket(rule={"objectOwnership": "BucketOwnerPreferred"}),
        updates={"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        moves=("bucket",),
        drift=_by_hand(
            "put_bucket_ownership_controls",
            OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        ),
        drifted=("rule",),
    ),
    Sample(
        token="aws:s3/bucketPolicy:BucketPolicy",
        needs=_ON_BUCKET,
        inputs=lambda n: {"bucket": n["bucket"].id, "policy": _policy(n, sid="One")},
        updates=lambda n: {"policy": _policy(n, sid="Two")},
        moves=("bucket",),
        drift=_by_hand("delete_bucket_policy"),
    ),
    Sample(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        needs=_ON_BUCKET,
        inputs=_of_bucket(rules=_RULES),
        updates={"rules": [_EXPIRE]},
        replace=_OWNED,
        moves=("bucket",),
        drift=_by_hand(
            "put_bucket_lifecycle_configuration",
            LifecycleConfiguration={
                "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 9}}]
            },
        ),
        drifted=("rules",),
        not_tried={"transitionDefaultMinimumObjectSize": "the emulator knows one size only"},
    ),
    Sample(
        token="aws:s3/bucketLogging:BucketLogging",
        needs={**_ON_BUCKET, "target": BUCKET},
        inputs=lambda needs: {
            "bucket": needs["bucket"].id,
            "targetBucket": needs["target"].id,
            "targetPrefix": "access/",
        },
        updates=lambda needs: {
            "targetPrefix": "other/",
            "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}},
            "targetBucket": needs["bucket"].id,
        },
        replace=_OWNED,
        moves=("bucket",),
        drift=_by_hand("put_bucket_logging", BucketLoggingStatus={}),
    ),
    Sample(
        token="aws:s3/bucketNotification:BucketNotification",
        needs={**_ON_BUCKET, "queue": QUEUE_POLICY, "topic": TOPIC_POLICY},
        inputs=lambda needs: {
            "bucket": needs["bucket"].id,
            "queues": [_send(needs, prefix="a/")],
        },
        updates=lambda needs: {
            "eventbridge": True,
            "queues": [
                {**_send(needs, prefix="b/"), "id": "mine"},
                {**_send(needs, prefix="c/"), "filterSuffix": ".json"},
            ],
            "topics": [{"topicArn": needs["topic"].id, "events": ["s3:ObjectRemoved:*"]}],
        },
        moves=("bucket",),
        drift=_by_hand("put_bucket_notification_configuration", NotificationConfiguration={}),
        not_tried={"lambdaFunctions": "has its own sample"},
    ),
    Sample(
        token="aws:s3/bucketNotification:BucketNotification",
        label="functions",
        needs={**_ON_BUCKET, "function": "aws:lambda/function:Function"},
        inputs=lambda needs: {
            "bucket": needs["bucket"].id,
            "lambdaFunctions": [_call(needs, suffix=".json"), _call(needs, suffix=".csv")],
        },
        updates=lambda needs: {"lambdaFunctions": [_call(needs, suffix=".txt")]},
    ),
    Sample(
        token="aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        needs=_ON_BUCKET,
        inputs=_of_bucket(
            corsRules=[
                {
                    "allowedMethods": ["GET", "PUT"],
                    "allowedOrigins": ["https://one.example", "https://two.example"],
                    "allowedHeaders": ["*"],
                    "maxAgeSeconds": 600,
                }
            ]
        ),
        updates={
            "corsRules": [
                {"allowedMethods": ["GET"], "allowedOrigins": ["https://three.example"], "id": "x"}
            ]
        },
        replace=_OWNED,
        moves=("bucket",),
        drift=_by_hand("delete_bucket_cors"),
    ),
]

_OBJECT_UPDATES: Props = {
    "content": "changed",
    "contentType": "application/json",
    "cacheControl": "no-cache",
    "contentDisposition": "inline",
    "contentEncoding": "identity",
    "contentLanguage": "en",
    "metadata": {"origin": "test"},
    "websiteRedirect": "/elsewhere",
    "serverSideEncryption": "AES256",
    "acl": "private",
    "sourceHash": "something",
    "storageClass": "STANDARD_IA",
}
_OBJECT_NOT_TRIED = {
    "contentBase64": "has its own test",
    "source": "has its own test",
    "kmsKeyId": "has its own sample",
    "bucketKeyEnabled": "has its own sample",
}

SAMPLES += [
    Sample(
        token=token,
        needs=_ON_BUCKET,
        inputs=_of_bucket(key="folder/file.txt", content="hello", tags={"purpose": "test"}),
        updates=updates,
        replace={"key": "other.txt"},
        moves=("bucket",),
        drift=_overwrite,
        drifted=("content",),
        not_tried=_OBJECT_NOT_TRIED,
        imports=False,  # S3 does not tell under which of the three names the content was given
    )
    for token, updates in (
        (
            "aws:s3/bucketObjectv2:BucketObjectv2",
            {**_OBJECT_UPDATES, "checksumAlgorithm": "SHA256"},
        ),
        ("aws:s3/bucketObject:BucketObject", _OBJECT_UPDATES),
    )
]
SAMPLES.append(
    Sample(
        token="aws:s3/bucketObjectv2:BucketObjectv2",
        label="encrypted",
        needs={**_ON_BUCKET, "key": "aws:kms/key:Key"},
        inputs=lambda needs: {
            "bucket": needs["bucket"].id,
            "contentBase64": "aGVsbG8=",
            "serverSideEncryption": "aws:kms",
            "kmsKeyId": needs["key"].outputs["arn"],
            "bucketKeyEnabled": True,
        },
        updates={"contentBase64": "d29ybGQ="},
        imports=False,  # as above
    )
)
