"""Values of secrets."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
)
from localcloud.provider.services.secretsmanager.deletion import unless_marked

_CURRENT = "AWSCURRENT"


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
        found = unless_marked(lambda: client.get_secret_value(SecretId=secret, VersionId=version))
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
