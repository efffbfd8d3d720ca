"""Stages: what of an API is served, and how."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present, sent
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import (
    REST_TAGS,
    arn,
    execution_arn,
    invoke_url,
)

_STAGE_PATHS = {
    "deployment": "/deploymentId",
    "description": "/description",
    "documentationVersion": "/documentationVersion",
    "clientCertificateId": "/clientCertificateId",
    "xrayTracingEnabled": "/tracingEnabled",
    "cacheClusterEnabled": "/cacheClusterEnabled",
    "cacheClusterSize": "/cacheClusterSize",
}


_SAME_NAME = (
    "description",
    "documentationVersion",
    "clientCertificateId",
    "variables",
    "cacheClusterSize",
)


class Stage(ResourceType):
    """A served deployment, with variables and access logs. Canaries are not implemented."""

    token = "aws:apigateway/stage:Stage"
    service = "apigateway"
    tags = REST_TAGS
    props = {
        "restApi": Prop(required=True, replaces=True),
        "stageName": Prop(required=True, replaces=True),
        "deployment": Prop(required=True),
        "description": Prop(),
        "documentationVersion": Prop(),
        "clientCertificateId": Prop(),
        "variables": Prop(),
        "xrayTracingEnabled": Prop(default=False),
        "cacheClusterEnabled": Prop(default=False),
        "cacheClusterSize": Prop(),
        "accessLogSettings": Prop(
            fields={"destinationArn": Prop(normalize=lambda arn: arn.removesuffix(":*"))}
        ),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the stage with all that its create call takes."""
        aws.client("apigateway").create_stage(
            restApiId=inputs["restApi"],
            stageName=inputs["stageName"],
            deploymentId=inputs["deployment"],
            **present(
                description=inputs.get("description"),
                documentationVersion=inputs.get("documentationVersion"),
                variables=inputs.get("variables"),
                tracingEnabled=inputs.get("xrayTracingEnabled"),
                cacheClusterEnabled=inputs.get("cacheClusterEnabled"),
                cacheClusterSize=inputs.get("cacheClusterSize"),
                tags=sent(inputs),
            ),
        )
        return f"ags-{inputs['restApi']}-{inputs['stageName']}"

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Set what only an update takes."""
        later = frozenset({"accessLogSettings", "clientCertificateId"} & inputs.keys())
        self.update(aws, id, {}, inputs, later)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the stage without its method settings."""
        api, name = _stage(known, id)
        client = aws.client("apigateway")
        found = client.get_stage(restApiId=api, stageName=name)
        logs = found.get("accessLogSettings") or {}
        return {
            "restApi": api,
            "stageName": name,
            "deployment": found.get("deploymentId"),
            "xrayTracingEnabled": patches.flag(found.get("tracingEnabled")),
            "cacheClusterEnabled": patches.flag(found.get("cacheClusterEnabled")),
            **{member: found.get(member) for member in _SAME_NAME},
            "accessLogSettings": present(
                destinationArn=logs.get("destinationArn"), format=logs.get("format")
            ),
            "arn": arn(aws, "restapis", api, "stages", name),
            "executionArn": execution_arn(aws, api, name),
            "invokeUrl": invoke_url(aws, client, api, name),
            "webAclArn": found.get("webAclArn", ""),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        flags = {
            name: bool(new.get(name)) for name in ("xrayTracingEnabled", "cacheClusterEnabled")
        }
        operations = patches.fields(_STAGE_PATHS, {**new, **flags}, changed)
        if "variables" in changed:
            operations += patches.members("/variables", old.get("variables"), new.get("variables"))
        if "accessLogSettings" in changed:
            operations += _access_logs(new.get("accessLogSettings"))
        if operations:
            api, name = _stage(new, id)
            aws.client("apigateway").update_stage(
                restApiId=api, stageName=name, patchOperations=operations
            )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Stop serving."""
        api, name = _stage(known, id)
        aws.client("apigateway").delete_stage(restApiId=api, stageName=name)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """An API has each stage name once."""
        return f"ags-{inputs['restApi']}-{inputs['stageName']}"


def _stage(known: Props, id: str) -> tuple[str, str]:
    if known.get("restApi"):
        return known["restApi"], known["stageName"]
    _, api, name = id.split("-", 2)
    return api, name


def _access_logs(value: Any) -> list[patches.Operation]:
    if not value:
        return [patches.remove("/accessLogSettings")]
    target = str(value["destinationArn"]).removesuffix(":*")
    return [
        patches.replace("/accessLogSettings/destinationArn", target),
        patches.replace("/accessLogSettings/format", value["format"]),
    ]
