"""Layers: each version is a resource of its own and never changes."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.archives import ArchiveError, sha256_base64, zip_bytes
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present


class LayerVersion(ResourceType):
    """Code that functions share. A change makes another version; the old one is removed after."""

    token = "aws:lambda/layerVersion:LayerVersion"
    service = "lambda"
    props = {
        "layerName": Prop(required=True, replaces=True),
        "code": Prop(replaces=True),
        "s3Bucket": Prop(replaces=True, write_only=True),
        "s3Key": Prop(replaces=True, write_only=True),
        "s3ObjectVersion": Prop(replaces=True, write_only=True),
        "sourceCodeHash": Prop(replaces=True, write_only=True),
        "description": Prop(replaces=True),
        "licenseInfo": Prop(replaces=True),
        "compatibleRuntimes": Prop(replaces=True, unordered=True),
        "compatibleArchitectures": Prop(replaces=True, unordered=True),
        "skipDestroy": Prop(provider_only=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Publish the version."""
        answer = aws.client("lambda").publish_layer_version(
            LayerName=inputs["layerName"],
            Content=_content(inputs),
            **present(
                Description=inputs.get("description"),
                LicenseInfo=inputs.get("licenseInfo"),
                CompatibleRuntimes=inputs.get("compatibleRuntimes"),
                CompatibleArchitectures=inputs.get("compatibleArchitectures"),
            ),
        )
        return str(answer["LayerVersionArn"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the version; its code cannot change, so what is on record holds."""
        layer, _, version = id.rpartition(":")
        name = layer.rpartition(":")[2]
        found = aws.client("lambda").get_layer_version(LayerName=name, VersionNumber=int(version))
        return {
            "layerName": name,
            "code": known.get("code"),
            **_same_name(found),
            "arn": id,
            "layerArn": layer,
            "version": version,
            "createdDate": found.get("CreatedDate"),
            "codeSha256": found["Content"].get("CodeSha256"),
            "sourceCodeSize": found["Content"].get("CodeSize"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Only what stays here can change in place."""

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the version; functions that have it keep running."""
        layer, _, version = id.rpartition(":")
        if not known.get("skipDestroy"):
            aws.client("lambda").delete_layer_version(
                LayerName=layer.rpartition(":")[2], VersionNumber=int(version)
            )

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Take the newest version that has this very content and description."""
        digest = _digest(inputs)
        client = aws.client("lambda")
        for page in client.get_paginator("list_layer_versions").paginate(
            LayerName=inputs["layerName"]
        ):
            for item in page.get("LayerVersions", []):
                if digest and _is(client, inputs, item, digest):
                    return str(item["LayerVersionArn"])
        return None


def _is(client: Any, inputs: Props, item: Props, digest: str) -> bool:
    if (item.get("Description") or "") != (inputs.get("description") or ""):
        return False
    found = client.get_layer_version(LayerName=inputs["layerName"], VersionNumber=item["Version"])
    return bool(found["Content"].get("CodeSha256") == digest)


def _digest(inputs: Props) -> str | None:
    return sha256_base64(_content(inputs)["ZipFile"]) if inputs.get("code") else None


def _content(inputs: Props) -> dict[str, Any]:
    if not inputs.get("code"):
        return present(
            S3Bucket=inputs.get("s3Bucket"),
            S3Key=inputs.get("s3Key"),
            S3ObjectVersion=inputs.get("s3ObjectVersion"),
        )
    try:
        return {"ZipFile": zip_bytes(inputs["code"])}
    except ArchiveError as error:
        raise ProviderError(str(error)) from error


def _same_name(found: Props) -> Props:
    return {
        "description": found.get("Description"),
        "licenseInfo": found.get("LicenseInfo"),
        "compatibleRuntimes": found.get("CompatibleRuntimes"),
        "compatibleArchitectures": found.get("CompatibleArchitectures"),
    }
