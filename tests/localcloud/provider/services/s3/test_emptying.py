"""Emptying a bucket leaves nothing, however much there is and however it came to be."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.provider.services.s3.emptying import delete_versions, empty_bucket

Clients = Callable[..., Any]


@pytest.fixture
def bucket(clients: Clients) -> str:
    name = f"emptying-{uuid.uuid4().hex[:8]}"
    clients("s3").create_bucket(Bucket=name)
    clients("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def _versions(clients: Clients, bucket: str) -> int:
    answer = clients("s3").list_object_versions(Bucket=bucket)
    return len(answer.get("Versions", [])) + len(answer.get("DeleteMarkers", []))


def test_all_versions_markers_and_uploads_of_all_pages_go(clients: Clients, bucket: str) -> None:
    s3 = clients("s3")
    for key in ("a", "b", "c"):
        for body in (b"1", b"2", b"3"):
            s3.put_object(Bucket=bucket, Key=key, Body=body)
        s3.create_multipart_upload(Bucket=bucket, Key=key)
        s3.delete_object(Bucket=bucket, Key=key)
    assert _versions(clients, bucket) == 12

    empty_bucket(s3, bucket, page=2)

    assert _versions(clients, bucket) == 0
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
    s3.delete_bucket(Bucket=bucket)


def test_the_versions_of_one_key_go_and_its_namesakes_stay(clients: Clients, bucket: str) -> None:
    s3 = clients("s3")
    for key in ("log", "log", "log.old", "lo"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")

    delete_versions(s3, bucket, key="log")

    left = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert sorted(version["Key"] for version in left) == ["lo", "log.old"]
    empty_bucket(s3, bucket)
    s3.delete_bucket(Bucket=bucket)
