"""aws:s3/bucketLogging: where the access log of a bucket goes."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Prop, Props
from localcloud.provider.services.s3.bucket_setting import BUCKET, BucketSetting, from_s3, to_s3

_TARGET = {
    "targetBucket": Prop(required=True),
    "targetPrefix": Prop(),  # required, but "" is what a log in the target's root is
    "targetObjectKeyFormat": Prop(computed=True),
}


class BucketLogging(BucketSetting):
    """Server access logging of one bucket into another."""

    token = "aws:s3/bucketLogging:BucketLogging"
    props = {**BUCKET, **_TARGET}

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write the target."""
        enabled = {name: inputs.get(name) for name in _TARGET}
        s3.put_bucket_logging(**target, BucketLoggingStatus={"LoggingEnabled": to_s3(enabled)})

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read the target; a bucket without a log answers with nothing."""
        enabled = s3.get_bucket_logging(**target).get("LoggingEnabled")
        return dict(from_s3(enabled)) if enabled else None

    def remove(self, s3: Any, target: Props) -> None:
        """Stop logging."""
        s3.put_bucket_logging(**target, BucketLoggingStatus={})
