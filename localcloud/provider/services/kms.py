"""Key Management Service: keys and their aliases."""

from __future__ import annotations

from collections.abc import Iterable

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    TOKEN_TAG,
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    by_id,
    json_text,
    pairs,
    present,
    sent,
)

_PENDING = ("PendingDeletion", "PendingReplicaDeletion")
_WINDOW = range(7, 31)  # days that AWS lets a deletion wait (KMS limits)


class Key(ResourceType):
    """A key; deleting it schedules its deletion."""

    token = "aws:kms/key:Key"
    service = "kms"
    creation_token = True
    props = {
        "description": Prop(computed=True),
        "keyUsage": Prop(default="ENCRYPT_DECRYPT", replaces=True),
        "customerMasterKeySpec": Prop(default="SYMMETRIC_DEFAULT", replaces=True),
        "multiRegion": Prop(default=False, replaces=True),
        "policy": Prop(json=True, computed=True),
        "isEnabled": Prop(default=True),
        "enableKeyRotation": Prop(default=False),
        "rotationPeriodInDays": Prop(computed=True),
        "deletionWindowInDays": Prop(provider_only=True),
        "bypassPolicyLockoutSafetyCheck": Prop(provider_only=True),
    }
    tags = TagCalls(
        read_call="list_resource_tags",
        argument="KeyId",
        address=by_id,
        key="TagKey",
        value="TagValue",
    )
    # A role that was made a moment ago is not known to KMS yet.
    retry_codes = {"MalformedPolicyDocumentException": "principal"}

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """The deletion window has AWS's limits; a period needs rotation."""
        window = inputs.get("deletionWindowInDays")
        if isinstance(window, int) and window not in _WINDOW:
            yield "deletionWindowInDays", "must be 7 to 30 days"
        if "rotationPeriodInDays" in inputs and inputs.get("enableKeyRotation") in (None, False):
            yield "rotationPeriodInDays", "needs enableKeyRotation"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the key with its policy and tags."""
        made = aws.client("kms").create_key(
            **present(
                Description=inputs.get("description"),
                KeyUsage=inputs.get("keyUsage"),
                KeySpec=inputs.get("customerMasterKeySpec"),
                MultiRegion=inputs.get("multiRegion"),
                Tags=pairs(sent(inputs), "TagKey", "TagValue"),
                **_policy(inputs),
            )
        )
        return str(made["KeyMetadata"]["KeyId"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Rotation can only be set while the key is enabled."""
        if inputs.get("enableKeyRotation"):
            self._rotate(aws, id, inputs)
        if inputs.get("isEnabled") is False:
            aws.client("kms").disable_key(KeyId=id)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """A key that waits for its deletion counts as gone."""
        client = aws.client("kms")
        key = client.describe_key(KeyId=id)["KeyMetadata"]
        if key["KeyState"] in _PENDING:
            return None
        rotation = client.get_key_rotation_status(KeyId=id)
        rotated = bool(rotation["KeyRotationEnabled"])
        return {
            "arn": key["Arn"],
            "keyId": key["KeyId"],
            "description": key.get("Description"),
            "keyUsage": key["KeyUsage"],
            "customerMasterKeySpec": key["KeySpec"],
            "multiRegion": key.get("MultiRegion", False),
            "isEnabled": key["Enabled"],
            "enableKeyRotation": rotated,
            "rotationPeriodInDays": rotation.get("RotationPeriodInDays") if rotated else None,
            "policy": client.get_key_policy(KeyId=id, PolicyName="default")["Policy"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """A disabled key is enabled first and disabled last: its rotation cannot change between."""
        client = aws.client("kms")
        enabled = new.get("isEnabled", True)
        if "isEnabled" in changed and enabled:
            client.enable_key(KeyId=id)
        if "description" in changed:
            client.update_key_description(KeyId=id, Description=new.get("description", ""))
        if "policy" in changed:
            client.put_key_policy(KeyId=id, PolicyName="default", **_policy(new))
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            self._rotate(aws, id, new)
        if "isEnabled" in changed and not enabled:
            client.disable_key(KeyId=id)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Schedule the deletion; a key that waits for it already is fine."""
        client = aws.client("kms")
        if client.describe_key(KeyId=id)["KeyMetadata"]["KeyState"] in _PENDING:
            return
        window = known.get("deletionWindowInDays")
        client.schedule_key_deletion(KeyId=id, **present(PendingWindowInDays=window))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the key that carries our token."""
        client = aws.client("kms")
        for page in client.get_paginator("list_keys").paginate():
            for key in page["Keys"]:
                if self._is_ours(aws, key["KeyId"], inputs[TOKEN_INPUT]):
                    return str(key["KeyId"])
        return None

    def _is_ours(self, aws: Aws, id: str, token: str) -> bool:
        tags = self.tags.read(aws.client("kms"), id, {})
        return tags.get(TOKEN_TAG) == token and self.read(aws, id, {}) is not None

    def _rotate(self, aws: Aws, id: str, inputs: Props) -> None:
        client = aws.client("kms")
        if not inputs.get("enableKeyRotation"):
            client.disable_key_rotation(KeyId=id)
            return
        days = inputs.get("rotationPeriodInDays")
        client.enable_key_rotation(KeyId=id, **present(RotationPeriodInDays=days))


def _policy(inputs: Props) -> Props:
    if not inputs.get("policy"):
        return {}
    bypass = inputs.get("bypassPolicyLockoutSafetyCheck")
    return {
        "Policy": json_text(inputs["policy"]),
        **({"BypassPolicyLockoutSafetyCheck": True} if bypass else {}),
    }


def key_id(key: str) -> str:
    """Strip a key's ARN down to its id."""
    return key.rsplit("/", 1)[-1]


class Alias(ResourceType):
    """A name for a key."""

    token = "aws:kms/alias:Alias"
    service = "kms"
    name = AutoName(max=256, lead="alias/")
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        "targetKeyId": Prop(required=True, normalize=key_id),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """AWS wants its prefix."""
        for name in ("name", "namePrefix"):
            given = inputs.get(name)
            if isinstance(given, str) and not given.startswith("alias/"):
                yield name, 'must start with "alias/"'

    def create(self, aws: Aws, inputs: Props) -> str:
        """Name the key."""
        name, target = inputs["name"], inputs["targetKeyId"]
        aws.client("kms").create_alias(AliasName=name, TargetKeyId=target)
        return str(name)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """AWS describes an alias by its key."""
        key = aws.client("kms").describe_key(KeyId=id)["KeyMetadata"]
        return {
            "name": id,
            "arn": aws.arn("kms", id),
            "targetKeyId": key["KeyId"],
            "targetKeyArn": key["Arn"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Point it at another key."""
        aws.client("kms").update_alias(AliasName=id, TargetKeyId=new["targetKeyId"])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the name away."""
        aws.client("kms").delete_alias(AliasName=id)


TYPES = [Key(), Alias()]
