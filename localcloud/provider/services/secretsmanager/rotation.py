"""Rotation of secrets."""

from __future__ import annotations

from localcloud.provider.base.resource import (
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
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
        "rotateImmediately": Prop(default=True, provider_only=True),
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

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
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
