"""aws:s3/bucketObjectv2 and its older twin: a file that a program puts into a bucket."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from localcloud.provider.base.archives import is_archive, zip_bytes
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    pairs,
    present,
    sent,
)
from localcloud.provider.base.tags import TagMap
from localcloud.provider.services.s3.bucket_setting import MISSING
from localcloud.provider.services.s3.emptying import delete_versions

_CONTENTS = ("content", "contentBase64", "source")

# Inputs that go to PutObject and come back from HeadObject under the same name.
_HEADERS = {
    "bucketKeyEnabled": "BucketKeyEnabled",
    "cacheControl": "CacheControl",
    "contentDisposition": "ContentDisposition",
    "contentEncoding": "ContentEncoding",
    "contentLanguage": "ContentLanguage",
    "contentType": "ContentType",
    "kmsKeyId": "SSEKMSKeyId",
    "metadata": "Metadata",
    "serverSideEncryption": "ServerSideEncryption",
    "storageClass": "StorageClass",
    "websiteRedirect": "WebsiteRedirectLocation",
}


class LogicalName(AutoName):
    """An object's key is the resource's own name, with nothing added to it."""

    def make(self, logical: str, inputs: Props, seed: bytes) -> str:
        """Return the logical name."""
        return logical


class ObjectTags:
    """An object's tags are read and replaced as one set, like a bucket's."""

    at_create = True

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags of the object."""
        answer = client.get_object_tagging(**_address(id))
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Replace the set by what is there, less `drop`, plus `put`."""
        there = {k: v for k, v in self.read(client, id, known).items() if k not in drop}
        client.put_object_tagging(**_address(id), Tagging={"TagSet": pairs(there | put)})


class BucketObjectv2(ResourceType):
    """One object, put from text, base64, a file or an archive; the id is `bucket/key`."""

    token = "aws:s3/bucketObjectv2:BucketObjectv2"
    service = "s3"
    missing = MISSING
    name = LogicalName(property="key", max=1024, prefix=None)
    tags = ObjectTags()
    volatile = frozenset({"etag", "versionId"})
    props = {
        "bucket": Prop(required=True, replaces=True),
        "key": Prop(replaces=True),
        **{name: Prop() for name in _CONTENTS},
        **{name: Prop(computed=True) for name in _HEADERS},
        "metadata": Prop(),
        "storageClass": Prop(default="STANDARD"),
        "acl": Prop(write_only=True),
        "checksumAlgorithm": Prop(write_only=True),
        "sourceHash": Prop(write_only=True),
        "forceDestroy": Prop(provider_only=True, default=False),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """An object has one content, not several."""
        given = [name for name in _CONTENTS if name in inputs]
        if len(given) > 1:
            yield given[1], f"give only one of {', '.join(given)}"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the object with its headers and tags in one call."""
        _put(aws, inputs)
        return f"{inputs['bucket']}/{inputs['key']}"

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the object's headers; its content is known to be ours by its ETag."""
        address = _address(id)
        head = aws.client("s3").head_object(**address)
        etag = head["ETag"].strip('"')
        headers = {ours: head.get(theirs) for ours, theirs in _HEADERS.items()}
        if aws.emulated:  # it takes bucketKeyEnabled and never returns it
            headers["bucketKeyEnabled"] = known.get("bucketKeyEnabled")
        return {
            "bucket": address["Bucket"],
            "key": address["Key"],
            "arn": f"arn:{aws.partition}:s3:::{id}",
            "etag": etag,
            "versionId": head.get("VersionId"),
            **headers,
            **_content_seen(known, etag),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the object again: S3 changes nothing in place."""
        _put(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the object, with every version of it when the bucket keeps versions."""
        address, s3 = _address(id), aws.client("s3")
        if known.get("versionId"):
            delete_versions(s3, address["Bucket"], key=address["Key"])
        else:
            s3.delete_object(**address)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Return bucket and key, which the program knows."""
        return f"{inputs['bucket']}/{inputs['key']}"


class BucketObject(BucketObjectv2):
    """The older name of the same thing, which knows no checksums."""

    token = "aws:s3/bucketObject:BucketObject"
    props = {
        name: prop for name, prop in BucketObjectv2.props.items() if name != "checksumAlgorithm"
    }


def _address(id: str) -> dict[str, str]:
    bucket, _, key = id.partition("/")
    return {"Bucket": bucket, "Key": key}


def _put(aws: Aws, inputs: Props) -> None:
    headers = {theirs: inputs.get(ours) for ours, theirs in _HEADERS.items()}
    tagging = "&".join(f"{_quoted(key)}={_quoted(value)}" for key, value in sent(inputs).items())
    aws.client("s3").put_object(
        Bucket=inputs["bucket"],
        Key=inputs["key"],
        Body=content_of(inputs),
        **present(
            **headers,
            ACL=inputs.get("acl"),
            ChecksumAlgorithm=inputs.get("checksumAlgorithm"),
            Tagging=tagging,
        ),
    )


def content_of(inputs: Props) -> bytes:
    """Return the bytes that the inputs ask for; an object without any content is empty."""
    if "contentBase64" in inputs:
        return base64.b64decode(inputs["contentBase64"])
    source = inputs.get("source")
    if source is None:
        return str(inputs.get("content", "")).encode()
    if is_archive(source):
        return zip_bytes(source)
    if "text" in source:
        return str(source["text"]).encode()
    if "path" in source:
        return _file(source["path"])
    raise ProviderError("an object's source must be text, a file or an archive")


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ProviderError(f"cannot read {path}: {error.strerror}") from None


def _content_seen(known: Props, etag: str) -> Props:
    """Give the known content while the ETag stands; else something that differs from it."""
    unchanged = known.get("etag") in (None, etag)
    return {
        name: known[name] if unchanged else f"changed by others (ETag {etag})"
        for name in _CONTENTS
        if name in known
    }


def _quoted(text: str) -> str:
    return quote(str(text), safe="")
