"""Deleting everything in a bucket: all versions, delete markers and half uploads, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from localcloud.provider.errors import ProviderError
from localcloud.provider.resource import Props


def empty_bucket(s3: Any, bucket: str, *, bypass_governance: bool = False) -> None:
    """Delete every version, delete marker and unfinished upload of a bucket.

    A page of S3 holds at most 1,000 keys, which is also the most that one deletion takes.
    """
    delete_versions(s3, bucket, bypass_governance=bypass_governance)
    for upload in _uploads(s3, bucket):
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])


def delete_versions(
    s3: Any, bucket: str, *, key: str | None = None, bypass_governance: bool = False
) -> None:
    """Delete every version and delete marker in a bucket, or of the one key."""
    bypass = {"BypassGovernanceRetention": True} if bypass_governance else {}
    for page in _version_pages(s3, bucket, key):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True}, **bypass)
        _raise_on_errors(bucket, answer.get("Errors", []))


def _version_pages(s3: Any, bucket: str, key: str | None) -> Iterator[list[Props]]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key or "")
    for page in pages:
        found = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if key is None or item["Key"] == key
        ]
        if found:
            yield found


def _uploads(s3: Any, bucket: str) -> Iterator[Props]:
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        yield from page.get("Uploads", [])


def _raise_on_errors(bucket: str, errors: Iterable[Props]) -> None:
    for error in errors:
        where = f"{error.get('Key')} (version {error.get('VersionId')}) in bucket {bucket}"
        raise ProviderError(f"Cannot delete {where}: {error.get('Message', error.get('Code'))}")
