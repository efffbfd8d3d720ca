"""aws:s3/bucket: a bucket by itself; every setting of it is a resource of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.errors import ProviderError, code_of, is_missing
from localcloud.provider.base.names import DEFAULTS
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
from localcloud.provider.services.s3.emptying import empty_bucket

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

# Hosted zones of the S3 website endpoints (docs.aws.amazon.com/general/latest/gr/s3.html).
_HOSTED_ZONES = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-south-1": "Z30OZKI7KPW7MI",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "sa-east-1": "Z7KQH4QJS55SO",
}


class BucketTags:
    """S3's own tag dialect: a bucket's tags are read and replaced as one set."""

    at_create = True

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags of the bucket; S3 calls "no tags" an error."""
        try:
            answer = client.get_bucket_tagging(Bucket=id)
        except client.exceptions.ClientError as error:
            if code_of(error) == "NoSuchTagSet":
                return {}
            raise
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Replace the set by what is there, less `drop`, plus `put`."""
        there = {k: v for k, v in self.read(client, id, known).items() if k not in drop}
        wanted = there | put
        if wanted:
            client.put_bucket_tagging(Bucket=id, Tagging={"TagSet": pairs(wanted)})
        else:
            client.delete_bucket_tagging(Bucket=id)


class Bucket(ResourceType):
    """A bucket; deleting it needs it empty, or `forceDestroy`."""

    token = "aws:s3/bucket:Bucket"
    service = "s3"
    missing = MISSING
    name = AutoName(property="bucket", max=63, lower=True, prefix="bucketPrefix")
    tags = BucketTags()
    props = {
        "bucket": Prop(replaces=True),
        "bucketPrefix": Prop(replaces=True, provider_only=True),
        "forceDestroy": Prop(provider_only=True, default=False),
        "objectLockEnabled": Prop(replaces=True, write_only=True, default=False),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse a name that S3 would refuse."""
        name = inputs.get("bucket")
        if isinstance(name, str) and not _NAME.fullmatch(name):
            rule = "3 to 63 lower-case letters, digits, dots and hyphens, starting and ending with"
            yield "bucket", f"is not a bucket name: {rule} a letter or digit"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the bucket in the client's region, with its tags in the same call."""
        _refuse_existing(aws, inputs)
        # us-east-1 is the one region that S3 refuses in the call.
        region = None if aws.region == "us-east-1" else aws.region
        configuration = present(LocationConstraint=region, Tags=pairs(sent(inputs)))
        arguments = present(
            CreateBucketConfiguration=configuration,
            ObjectLockEnabledForBucket=inputs.get("objectLockEnabled"),
        )
        aws.client("s3").create_bucket(Bucket=inputs["bucket"], **arguments)
        return str(inputs["bucket"])

    def created(self, aws: Aws, id: str, inputs: Props) -> Props | None:
        """Return what follows from the name and the region: no need to ask."""
        return _described(aws, id, aws.region, inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read whether the bucket is there, and where."""
        answer = aws.client("s3").head_bucket(Bucket=id)
        return _described(aws, id, answer.get("BucketRegion") or aws.region, known)

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Nothing of the bucket itself can change in place; tags are the base's."""

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the bucket, and with forceDestroy everything in it first."""
        s3 = aws.client("s3")
        if known.get("forceDestroy"):
            empty_bucket(s3, id, bypass_governance=bool(known.get("objectLockEnabled")))
        s3.delete_bucket(Bucket=id)


def _refuse_existing(aws: Aws, inputs: Props) -> None:
    """Check that a chosen name is free: us-east-1 answers "created" for a bucket that one has."""
    name = inputs["bucket"]
    if DEFAULTS in inputs or aws.region != "us-east-1":
        return
    try:
        aws.client("s3").head_bucket(Bucket=name)
    except aws.client("s3").exceptions.ClientError as error:
        if is_missing(error):
            return
        raise
    raise ProviderError(f"bucket {name} exists already; import it, or choose another name")


def _described(aws: Aws, id: str, region: str, known: Props) -> Props:
    return {
        "bucket": id,
        "arn": f"arn:{aws.partition}:s3:::{id}",
        "bucketDomainName": f"{id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{id}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "hostedZoneId": _HOSTED_ZONES.get(region),
        "objectLockEnabled": bool(known.get("objectLockEnabled")),
        "forceDestroy": bool(known.get("forceDestroy")),
    }
