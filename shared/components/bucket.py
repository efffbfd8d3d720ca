"""A bucket that is private, versioned, encrypted, TLS-only and cleaned up, with no way around."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from shared.iam import ANY, Statement, policy


class Bucket(pulumi.ComponentResource):
    """One bucket with all its sub-resources, encrypted by a CMK or, without one, by S3's own key.

    `expire_days` removes objects after so many days; `old_versions_days` and `abort_days` clean
    up what overwriting and broken uploads leave behind. `allow` gives further statements of the
    bucket policy, from the bucket's ARN.
    """

    def __init__(
        self,
        name: str,
        *,
        key_arn: Input[str] | None,
        expire_days: int | None,
        old_versions_days: int,
        abort_days: int,
        prevent_destroy: bool,
        allow: Callable[[Output[str]], Sequence[Statement]] | None = None,
    ) -> None:
        super().__init__("microstack:data:Bucket", name)
        self._child = ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(
            name,
            force_destroy=not prevent_destroy,
            opts=ResourceOptions(parent=self, protect=prevent_destroy),
        )
        self.name: Output[str] = self.bucket.bucket
        self.arn: Output[str] = self.bucket.arn
        self._close(name)
        self._encrypt(name, key_arn)
        self._clean_up(name, expire_days, old_versions_days, abort_days)
        allowed = allow(self.arn) if allow else ()
        aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=self.name,
            policy=policy(*self._denials(key_arn), *allowed),
            opts=self._child,
        )
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _close(self, name: str) -> None:
        aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.name,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child,
        )

    def _encrypt(self, name: str, key_arn: Input[str] | None) -> None:
        by_cmk: aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict = {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": key_arn,
            },
            "bucket_key_enabled": True,
        }
        by_s3: aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict = {
            "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}
        }
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=self.name,
            rules=[by_s3 if key_arn is None else by_cmk],
            opts=self._child,
        )

    def _clean_up(self, name: str, expire: int | None, old_versions: int, abort: int) -> None:
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.name,
            versioning_configuration={"status": "Enabled"},
            opts=self._child,
        )
        rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
            {
                "id": "clean-up",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abort_incomplete_multipart_upload": {"days_after_initiation": abort},
                "noncurrent_version_expiration": {"noncurrent_days": old_versions},
            }
        ]
        if expire is not None:
            rules.append(
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": expire},
                }
            )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.name,
            rules=rules,
            # S3 refuses rules about old versions until versioning is on
            opts=ResourceOptions(parent=self, depends_on=[versioning]),
        )

    def _denials(self, key_arn: Input[str] | None) -> list[Statement]:
        objects = Output.concat(self.arn, "/*")
        header = "s3:x-amz-server-side-encryption"
        algorithm = "AES256" if key_arn is None else "aws:kms"
        denials = [
            Statement(
                sid="DenyPlainHttp",
                effect="Deny",
                actions=["s3:*"],
                resources=[self.arn, objects],
                principals=ANY,
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
            _deny_put("DenyWrongEncryption", objects, header=header, expected=algorithm),
        ]
        if key_arn is not None:
            key_header = f"{header}-aws-kms-key-id"
            denials.append(_deny_put("DenyWrongKey", objects, header=key_header, expected=key_arn))
        return denials


def _deny_put(sid: str, objects: Output[str], *, header: str, expected: Input[str]) -> Statement:
    """Refuse a put whose header asks for another encryption; without it the default applies."""
    return Statement(
        sid=sid,
        effect="Deny",
        actions=["s3:PutObject"],
        resources=objects,
        principals=ANY,
        conditions={"StringNotEquals": {header: expected}, "Null": {header: "false"}},
    )
