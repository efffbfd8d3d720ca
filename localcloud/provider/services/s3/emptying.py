"""Deleting everything in a bucket: all versions, delete markers and half uploads, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.resource import Props

_PAGE = 1000  # keys: the most that S3 lists, and deletes, in one call


def empty_bucket(
    s3: Any, bucket: str, *, bypass_governance: bool = False, page: int = _PAGE
) -> None:
    """Delete every version, delete marker and unfinished upload of a bucket."""
    delete_versions(s3, bucket, bypass_governance=bypass_governance, page=page)
    for upload in _uploads(s3, bucket, page):
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])


def delete_versions(
    s3: Any,
    bucket: str,
    *,
    key: str | None = None,
    bypass_governance: bool = False,
    page: int = _PAGE,
) -> None:
    """Delete every version and delete marker in a bucket, or of the one key.

    The first page is asked for until it is empty: a marker for the next one would name a version
    that no longer exists.
    """
    bypass = {"BypassGovernanceRetention": True} if bypass_governance else {}
    while found := _first_versions(s3, bucket, key, page):
        wanted = {"Objects": found, "Quiet": True}
        answer = s3.delete_objects(Bucket=bucket, Delete=wanted, **bypass)
        _raise_on_errors(bucket, answer.get("Errors", []))


def _first_versions(s3: Any, bucket: str, key: str | None, size: int) -> list[Props]:
    """List versions; keys are sorted, so those of one key come before those that it begins."""
    answer = s3.list_object_versions(Bucket=bucket, Prefix=key or "", MaxKeys=size)
    return [
        {"Key": item["Key"], "VersionId": item["VersionId"]}
        for item in [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        if key is None or item["Key"] == key
    ]


def _uploads(s3: Any, bucket: str, size: int) -> list[Props]:
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": size}
    )
    return [upload for page in pages for upload in page.get("Uploads", [])]


def _raise_on_errors(bucket: str, errors: Iterable[Props]) -> None:
    for error in errors:
        where = f"{error.get('Key')} (version {error.get('VersionId')}) in bucket {bucket}"
        raise ProviderError(f"Cannot delete {where}: {error.get('Message', error.get('Code'))}")
