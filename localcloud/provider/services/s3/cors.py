"""aws:s3/bucketCorsConfiguration: which web pages may call a bucket."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Prop, Props
from localcloud.provider.services.s3.bucket_setting import BUCKET, BucketSetting, from_s3, to_s3


class BucketCorsConfiguration(BucketSetting):
    """The CORS rules of one bucket."""

    token = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
    props = {**BUCKET, "corsRules": Prop(required=True, unordered=True)}

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write all rules."""
        s3.put_bucket_cors(**target, CORSConfiguration={"CORSRules": to_s3(inputs["corsRules"])})

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read all rules."""
        return {"corsRules": from_s3(s3.get_bucket_cors(**target)["CORSRules"])}

    def remove(self, s3: Any, target: Props) -> None:
        """Delete all rules."""
        s3.delete_bucket_cors(**target)
