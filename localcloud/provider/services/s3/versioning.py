"""aws:s3/bucketVersioning: whether a bucket keeps the old versions of its objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import Prop, Props
from localcloud.provider.services.s3.bucket_setting import BUCKET, BucketSetting

_STATUSES = ("Enabled", "Suspended", "Disabled")


class BucketVersioning(BucketSetting):
    """Versioning of one bucket; S3 can suspend it but never switch it off again."""

    token = "aws:s3/bucketVersioning:BucketVersioning"
    props = {
        **BUCKET,
        "versioningConfiguration": Prop(
            required=True, fields={"mfaDelete": Prop(default="Disabled")}
        ),
        "mfa": Prop(write_only=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Refuse a status that S3 does not know."""
        setting = inputs.get("versioningConfiguration")
        status = setting.get("status") if isinstance(setting, dict) else None
        if isinstance(status, str) and status not in _STATUSES:
            yield "versioningConfiguration.status", f"must be one of {', '.join(_STATUSES)}"

    def put(self, s3: Any, target: Props, inputs: Props) -> None:
        """Enable or suspend; "Disabled" means that it was never enabled, so nothing is sent."""
        setting = inputs["versioningConfiguration"]
        if setting["status"] == "Disabled":
            return
        arguments: Props = {"Status": setting["status"]}
        if setting.get("mfaDelete"):
            arguments["MFADelete"] = setting["mfaDelete"]
        code = {"MFA": inputs["mfa"]} if inputs.get("mfa") else {}
        s3.put_bucket_versioning(**target, **code, VersioningConfiguration=arguments)

    def get(self, s3: Any, target: Props, known: Props) -> Props | None:
        """Read the status.

        A bucket that was never versioned answers with nothing, and suspended is as gone as
        versioning gets: both count as none, unless the program asked for just that.
        """
        answer = s3.get_bucket_versioning(**target)
        expected = (known.get("versioningConfiguration") or {}).get("status")
        status = answer.get("Status", "Disabled")
        if (status, expected) == ("Suspended", "Enabled"):
            return None
        if status == "Disabled" and expected != "Disabled":
            return None
        mfa = {"mfaDelete": answer["MFADelete"]} if "MFADelete" in answer else {}
        return {"versioningConfiguration": {"status": status, **mfa}}

    def remove(self, s3: Any, target: Props) -> None:
        """Suspend: the nearest that S3 has to removing it."""
        if s3.get_bucket_versioning(**target).get("Status") == "Enabled":
            s3.put_bucket_versioning(**target, VersioningConfiguration={"Status": "Suspended"})
