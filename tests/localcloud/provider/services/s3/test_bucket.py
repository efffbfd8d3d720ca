"""What a bucket refuses, and how it goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.localcloud.provider.driver import Driver, Refused

BUCKET = "aws:s3/bucket:Bucket"


def test_a_bucket_with_objects_goes_only_when_forced(
    driver: Driver, clients: Callable[..., Any]
) -> None:
    bucket = driver.create(BUCKET, {})
    clients("s3").put_object(Bucket=bucket.id, Key="kept", Body=b"1")
    with pytest.raises(Refused, match="BucketNotEmpty"):
        driver.delete(bucket)
    assert driver.read(bucket) is not None

    forced = driver.check(BUCKET, {"forceDestroy": True}, olds=bucket.inputs)
    driver.delete(driver.update(bucket, forced))
    assert driver.read(bucket) is None


def test_a_chosen_name_that_is_taken_is_refused(driver: Driver) -> None:
    name = f"taken-{uuid.uuid4().hex[:8]}"
    first = driver.create(BUCKET, {"bucket": name})
    with pytest.raises(Refused, match=f"bucket {name} exists already"):
        driver.create(BUCKET, {"bucket": name}, name="second")
    driver.delete(first)


def test_a_bucket_is_made_in_its_own_region(driver: Driver, clients: Callable[..., Any]) -> None:
    bucket = driver.create(BUCKET, {"region": "us-west-2"})
    location = clients("s3").get_bucket_location(Bucket=bucket.id)
    assert location["LocationConstraint"] == "us-west-2"
    assert bucket.outputs["bucketRegionalDomainName"] == f"{bucket.id}.s3.us-west-2.amazonaws.com"
    driver.delete(bucket)


@pytest.mark.parametrize("name", ["Upper", "a_b", "ab", "-a-b", "x" * 64])
def test_a_name_that_s3_refuses_is_refused_before_anything_is_made(
    driver: Driver, name: str
) -> None:
    assert "bucket" in driver.failures(BUCKET, {"bucket": name})


@pytest.mark.parametrize(
    "block",
    ["acl", "corsRules", "lifecycleRules", "logging", "policy", "versioning", "website"]
    + ["serverSideEncryptionConfiguration", "replicationConfiguration", "grants"],
)
def test_the_old_inline_settings_are_refused_by_name(driver: Driver, block: str) -> None:
    assert block in driver.failures(BUCKET, {block: {}})[block]
