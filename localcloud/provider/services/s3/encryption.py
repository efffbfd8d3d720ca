"""aws:s3/bucketServerSideEncryptionConfiguration: how a bucket encrypts what is put into it."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Prop, Props
from localcloud.provider.services.s3.bucket_setting import BUCKET, BucketSetting, from_s3, to_s3


class BucketServerSideEncryptionConfiguration(BucketSetting):
    """Default encryption of one bucket, with its key and whether it uses bucket keys."""

    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    props = {
        **BUCKET,
        "rules": Prop(
            required=True,
            unordered=True,
            fields={
                "bucketKeyEnabled": Prop(default=False),
                "blockedEncryptionTypes": Prop(computed=True),
            },
        ),
    }

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write all rules."""
        rules = [to_s3(rule) for rule in inputs["rules"]]
        s3.put_bucket_encryption(**target, ServerSideEncryptionConfiguration={"Rules": rules})

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read the rules.

        Since January 2023 every bucket has a default; it counts as "none" unless the program asked
        for just that.
        """
        answer = s3.get_bucket_encryption(**target)
        rules = from_s3(answer["ServerSideEncryptionConfiguration"]["Rules"])
        absent = _is_default(rules) and not _is_default(known.get("rules"))
        return None if absent else {"rules": rules}

    def remove(self, s3: Any, target: Props) -> None:
        """Go back to S3's default encryption."""
        s3.delete_bucket_encryption(**target)


def _is_default(rules: Any) -> bool:
    if not isinstance(rules, list) or len(rules) != 1:
        return False
    by_default = rules[0].get("applyServerSideEncryptionByDefault") or {}
    return by_default == {"sseAlgorithm": "AES256"} and not rules[0].get("bucketKeyEnabled")
