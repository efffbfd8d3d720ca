"""What the sub-resources of a bucket share: one setting of one bucket, put as a whole.

S3 has no partial updates for these: a put replaces the setting, so create and update are one call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from localcloud.provider.base.compare import same
from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present

# What S3 answers when the bucket is gone, or is there without the setting that is asked for.
MISSING = frozenset(
    {
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchCORSConfiguration",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)

BUCKET: Mapping[str, Prop] = {
    "bucket": Prop(required=True, replaces=True),
    "expectedBucketOwner": Prop(replaces=True, write_only=True),
}

# S3 spells these differently from Pulumi; every other name only changes its first letter.
_SPELLED_ODDLY = {"id": "ID", "sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}
_FROM_S3 = {theirs: ours for ours, theirs in _SPELLED_ODDLY.items()}


class BucketSetting(ResourceType, ABC):
    """A setting of a bucket; its id is the bucket's name, so there is at most one of each."""

    service = "s3"
    unique_by = ("bucket",)
    missing = MISSING

    @abstractmethod
    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write the whole setting; `target` holds the Bucket (and owner) arguments of the call."""

    @abstractmethod
    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read the setting without the bucket's name; None when there is none."""

    @abstractmethod
    def remove(self, s3: Any, target: Props) -> None:
        """Take the setting away."""

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the setting; the bucket's name becomes the id."""
        self.put(aws.client("s3"), target_of(inputs["bucket"], inputs), inputs)
        return str(inputs["bucket"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return the inputs: S3 answers a successful put with nothing that we did not say."""
        return {name: inputs[name] for name in self.props if name in inputs}

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the setting of the bucket with this name."""
        setting = self.get(aws.client("s3"), target_of(id, known), known)
        return None if setting is None else {"bucket": id, **setting}

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the whole setting again."""
        self.put(aws.client("s3"), target_of(id, new), new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the setting off the bucket."""
        self.remove(aws.client("s3"), target_of(id, known))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Find the setting if it is just this one: S3 gives new buckets some settings itself."""
        bucket = str(inputs["bucket"])
        found = self.read(aws, bucket, inputs)
        if found is None:
            return None
        readable = {name: prop for name, prop in self.props.items() if _is_readable(prop)}
        ours = all(same(prop, inputs.get(n), found.get(n)) for n, prop in readable.items())
        return bucket if ours else None


def _is_readable(prop: Prop) -> bool:
    return not (prop.provider_only or prop.write_only)


def target_of(bucket: str, properties: Props) -> Props:
    """Arguments that say which bucket a call is about, and whose it must be."""
    return present(Bucket=bucket, ExpectedBucketOwner=properties.get("expectedBucketOwner"))


def to_s3(value: Any) -> Any:
    """Turn Pulumi's camelCase into S3's PascalCase at every depth; absent values are left out."""
    if isinstance(value, list):
        return [to_s3(item) for item in value]
    if isinstance(value, dict):
        return {
            _SPELLED_ODDLY.get(name) or name[0].upper() + name[1:]: to_s3(item)
            for name, item in value.items()
            if item is not None
        }
    return value


def from_s3(value: Any) -> Any:
    """Turn S3's PascalCase into Pulumi's camelCase at every depth."""
    if isinstance(value, list):
        return [from_s3(item) for item in value]
    if isinstance(value, dict):
        return {
            _FROM_S3.get(name) or name[0].lower() + name[1:]: from_s3(item)
            for name, item in value.items()
        }
    return value
