"""Secrets, without their values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    by_id,
    empty,
    json_text,
    pairs,
    present,
    sent,
)
from localcloud.provider.services.kms import key_id
from localcloud.provider.services.secretsmanager.deletion import unless_marked


class Secret(ResourceType):
    """A secret without its value; its id is its ARN."""

    token = "aws:secretsmanager/secret:Secret"
    service = "secretsmanager"
    name = AutoName(max=512)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, provider_only=True),
        "description": Prop(),
        "kmsKeyId": Prop(normalize=key_id),
        "policy": Prop(json=True),
        "recoveryWindowInDays": Prop(provider_only=True),
    }
    tags = TagCalls(argument="SecretId", address=by_id)
    # A role that was made a moment ago is not known here yet.
    retry_codes = {"MalformedPolicyDocumentException": "principal"}

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """The recovery window has AWS's limits, or is 0: delete at once."""
        days = inputs.get("recoveryWindowInDays")
        if isinstance(days, int) and days != 0 and not 7 <= days <= 30:
            yield "recoveryWindowInDays", "must be 0 (delete at once) or 7 to 30 days"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it without a value: that is a resource of its own."""
        made = aws.client("secretsmanager").create_secret(
            Name=inputs["name"],
            **present(
                Description=inputs.get("description"),
                KmsKeyId=inputs.get("kmsKeyId"),
                Tags=pairs(sent(inputs)),
            ),
        )
        return str(made["ARN"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """The policy has its own call."""
        if not empty(inputs.get("policy")):
            self._put_policy(aws, id, inputs["policy"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """A secret that waits for its deletion counts as gone."""
        client = aws.client("secretsmanager")
        secret = client.describe_secret(SecretId=id)
        if secret.get("DeletedDate"):
            return None
        return {
            "arn": secret["ARN"],
            "name": secret["Name"],
            "description": secret.get("Description"),
            "kmsKeyId": secret.get("KmsKeyId"),
            "policy": client.get_resource_policy(SecretId=id).get("ResourcePolicy"),
            "tagsAll": {tag["Key"]: tag["Value"] for tag in secret.get("Tags", [])},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Without a key of its own a secret uses the account's."""
        client = aws.client("secretsmanager")
        if changed & {"description", "kmsKeyId"}:
            key = new.get("kmsKeyId") or ("alias/aws/secretsmanager" if "kmsKeyId" in old else None)
            description = new.get("description", "")
            client.update_secret(SecretId=id, Description=description, **present(KmsKeyId=key))
        if "policy" in changed and empty(new.get("policy")):
            client.delete_resource_policy(SecretId=id)
        elif "policy" in changed:
            self._put_policy(aws, id, new["policy"])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Let it wait for the recovery window, or delete it at once if that is 0."""
        window = known.get("recoveryWindowInDays")
        how: Props = {"ForceDeleteWithoutRecovery": True} if window == 0 else {}
        how = how or present(RecoveryWindowInDays=window)
        unless_marked(lambda: aws.client("secretsmanager").delete_secret(SecretId=id, **how))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Names are unique, so the secret of that name is ours."""
        secret = aws.client("secretsmanager").describe_secret(SecretId=inputs["name"])
        return None if secret.get("DeletedDate") else str(secret["ARN"])

    def _put_policy(self, aws: Aws, id: str, policy: Any) -> None:
        client = aws.client("secretsmanager")
        client.put_resource_policy(SecretId=id, ResourcePolicy=json_text(policy))
