"""Who may reach a bucket: public access block, object ownership and bucket policy."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, json_text
from localcloud.provider.services.s3.bucket_setting import BucketSetting, from_s3, to_s3

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


class BucketPublicAccessBlock(BucketSetting):
    """The four switches that keep a bucket private whatever its policy and ACLs say."""

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    props = {
        "bucket": Prop(required=True, replaces=True),
        **{switch: Prop(default=False) for switch in _BLOCKS},
        "skipDestroy": Prop(provider_only=True, default=False),
    }

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write all four switches."""
        switches = {switch: bool(inputs.get(switch)) for switch in _BLOCKS}
        s3.put_public_access_block(**target, PublicAccessBlockConfiguration=to_s3(switches))

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read all four switches."""
        answer = s3.get_public_access_block(**target)
        return dict(from_s3(answer["PublicAccessBlockConfiguration"]))

    def remove(self, s3: Any, target: Props) -> None:
        """Take the block away."""
        s3.delete_public_access_block(**target)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the block away unless it is to outlive the stack."""
        if not known.get("skipDestroy"):
            super().delete(aws, id, known)


class BucketOwnershipControls(BucketSetting):
    """Who owns uploaded objects, and so whether ACLs count."""

    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    props = {"bucket": Prop(required=True, replaces=True), "rule": Prop(required=True)}

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write the one rule."""
        controls = {"Rules": [to_s3(inputs["rule"])]}
        s3.put_bucket_ownership_controls(**target, OwnershipControls=controls)

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read the one rule."""
        answer = s3.get_bucket_ownership_controls(**target)
        return {"rule": from_s3(answer["OwnershipControls"]["Rules"][0])}

    def remove(self, s3: Any, target: Props) -> None:
        """Go back to S3's default ownership."""
        s3.delete_bucket_ownership_controls(**target)


class BucketPolicy(BucketSetting):
    """The resource policy of one bucket."""

    token = "aws:s3/bucketPolicy:BucketPolicy"
    props = {"bucket": Prop(required=True, replaces=True), "policy": Prop(required=True, json=True)}

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Write the policy document."""
        s3.put_bucket_policy(**target, Policy=json_text(inputs["policy"]))

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read the policy document."""
        return {"policy": s3.get_bucket_policy(**target)["Policy"]}

    def remove(self, s3: Any, target: Props) -> None:
        """Delete the policy."""
        s3.delete_bucket_policy(**target)
