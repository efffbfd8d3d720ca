"""Secrets Manager: secrets, their values and their rotation."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from localcloud.provider.errors import NotFound, code_of, message_of
from localcloud.provider.resource import (
    TOKEN_INPUT,
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

_CURRENT = "AWSCURRENT"
# How AWS says that a secret waits for its deletion, in an error that may also mean other things.
_MARKED = ("marked for deletion", "scheduled for deletion")


class Secret(ResourceType):
    """A secret without its value; its id is its ARN."""

    token = "aws:secretsmanager/secret:Secret"
    service = "secretsmanager"
    name = AutoName(max=512)
    props = {
        "name": Prop(replaces=True),
        "namePrefix": Prop(replaces=True, local=True),
        "description": Prop(),
        "kmsKeyId": Prop(normalize=key_id),
        "policy": Prop(json=True),
        "recoveryWindowInDays": Prop(local=True),
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
        _unless_marked(lambda: aws.client("secretsmanager").delete_secret(SecretId=id, **how))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Names are unique, so the secret of that name is ours."""
        secret = aws.client("secretsmanager").describe_secret(SecretId=inputs["name"])
        return None if secret.get("DeletedDate") else str(secret["ARN"])

    def _put_policy(self, aws: Aws, id: str, policy: Any) -> None:
        client = aws.client("secretsmanager")
        client.put_resource_policy(SecretId=id, ResourcePolicy=json_text(policy))


class SecretVersion(ResourceType):
    """A value of a secret; its id is "secret|version", the version being our creation token."""

    token = "aws:secretsmanager/secretVersion:SecretVersion"
    service = "secretsmanager"
    creation_token = True
    props = {
        "secretId": Prop(required=True, replaces=True),
        "secretString": Prop(replaces=True, secret=True),
        "secretBinary": Prop(replaces=True, secret=True),
        "versionStages": Prop(computed=True, unordered=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A version has one value."""
        if ("secretString" in inputs) == ("secretBinary" in inputs):
            yield "secretString", "give exactly one of secretString and secretBinary"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the value under our own version id, so that a second try changes nothing."""
        binary, version = inputs.get("secretBinary"), inputs[TOKEN_INPUT]
        aws.client("secretsmanager").put_secret_value(
            SecretId=inputs["secretId"],
            ClientRequestToken=version,
            **present(
                SecretString=inputs.get("secretString"),
                SecretBinary=base64.b64decode(binary) if binary else None,
                VersionStages=inputs.get("versionStages"),
            ),
        )
        return f"{inputs['secretId']}|{version}"

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Ask for this very version, whatever its stages; without a stage AWS drops it."""
        secret, _, version = id.partition("|")
        client = aws.client("secretsmanager")
        found = _unless_marked(lambda: client.get_secret_value(SecretId=secret, VersionId=version))
        if not found or not found.get("VersionStages"):
            return None
        binary = found.get("SecretBinary")
        return {
            "secretId": secret,
            "secretArn": found["ARN"],
            "arn": found["ARN"],
            "versionId": found["VersionId"],
            "versionStages": found["VersionStages"],
            "secretString": found.get("SecretString"),
            "secretBinary": base64.b64encode(binary).decode() if binary else None,
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Move the stages."""
        _, _, version = id.partition("|")
        have = set((self.read(aws, id, old) or {}).get("versionStages", ()))
        wanted = set(new.get("versionStages") or [_CURRENT])
        for stage in sorted(wanted - have):
            self._move(aws, new["secretId"], stage, version)
        for stage in sorted(have - wanted - {_CURRENT}):
            self._drop(aws, new["secretId"], stage, version)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take its stages away; AWS never lets go of the current version, only of the secret."""
        secret, _, version = id.partition("|")
        found = self.read(aws, id, known) or {}
        for stage in found.get("versionStages", ()):
            if stage != _CURRENT:
                self._drop(aws, secret, stage, version)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Secret and token make the id."""
        return f"{inputs['secretId']}|{inputs[TOKEN_INPUT]}"

    def _move(self, aws: Aws, secret: str, stage: str, version: str) -> None:
        client = aws.client("secretsmanager")
        stages = client.describe_secret(SecretId=secret).get("VersionIdsToStages", {})
        holder = next((v for v, held in stages.items() if stage in held), None)
        client.update_secret_version_stage(
            SecretId=secret,
            VersionStage=stage,
            MoveToVersionId=version,
            **present(RemoveFromVersionId=holder),
        )

    def _drop(self, aws: Aws, secret: str, stage: str, version: str) -> None:
        aws.client("secretsmanager").update_secret_version_stage(
            SecretId=secret, VersionStage=stage, RemoveFromVersionId=version
        )


class SecretRotation(ResourceType):
    """Rotation of a secret by a function.

    The emulator accepts it and then copies the old value under a new version without calling the
    function: that is no rotation, so it is recorded only.
    """

    token = "aws:secretsmanager/secretRotation:SecretRotation"
    service = "secretsmanager"
    emulated = False
    props = {
        "secretId": Prop(required=True, replaces=True),
        "rotationLambdaArn": Prop(),
        "rotationRules": Prop(required=True),
        "rotateImmediately": Prop(default=True, local=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Switch it on."""
        self._rotate(aws, inputs)
        return str(inputs["secretId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """It exists while the secret says that it is on."""
        secret = aws.client("secretsmanager").describe_secret(SecretId=id)
        if not secret.get("RotationEnabled"):
            return None
        rules = secret.get("RotationRules", {})
        return {
            "secretId": id,
            "rotationEnabled": True,
            "rotationLambdaArn": secret.get("RotationLambdaARN"),
            "rotationRules": present(
                automaticallyAfterDays=rules.get("AutomaticallyAfterDays"),
                duration=rules.get("Duration"),
                scheduleExpression=rules.get("ScheduleExpression"),
            ),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """AWS sets all of it in one call."""
        self._rotate(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Switch it off."""
        aws.client("secretsmanager").cancel_rotate_secret(SecretId=id)

    def stand_in(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        """The secret's id is its id."""
        return str(inputs["secretId"]), {"rotationEnabled": True}

    def _rotate(self, aws: Aws, inputs: Props) -> None:
        rules = inputs["rotationRules"]
        aws.client("secretsmanager").rotate_secret(
            SecretId=inputs["secretId"],
            RotateImmediately=inputs.get("rotateImmediately", True),
            RotationRules=present(
                AutomaticallyAfterDays=rules.get("automaticallyAfterDays"),
                Duration=rules.get("duration"),
                ScheduleExpression=rules.get("scheduleExpression"),
            ),
            **present(RotationLambdaARN=inputs.get("rotationLambdaArn")),
        )


def _unless_marked(call: Any) -> Any:
    """Make a call; that the secret waits for its deletion is "not found"."""
    try:
        return call()
    except Exception as error:
        marked = any(part in message_of(error) for part in _MARKED)
        if code_of(error) == "InvalidRequestException" and marked:
            raise NotFound("the secret waits for its deletion") from error
        raise


TYPES = [Secret(), SecretVersion(), SecretRotation()]
