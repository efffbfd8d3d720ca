"""Deployments of HTTP APIs and the stages that serve them."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
    sent,
)
from localcloud.provider.services.apigateway.addresses import (
    HTTP_TAGS,
    arn,
    execution_arn,
    invoke_url,
    within,
)
from localcloud.provider.services.apigatewayv2.spelling import camel, items, keyed, listed, pascal

_ROUTE_SETTINGS = {
    "dataTraceEnabled": Prop(default=False),
    "detailedMetricsEnabled": Prop(default=False),
    "loggingLevel": Prop(computed=True),
    "throttlingBurstLimit": Prop(default=0),
    "throttlingRateLimit": Prop(default=0),
}


class Deployment(ResourceType):
    """A snapshot of an API for stages that do not deploy by themselves."""

    token = "aws:apigatewayv2/deployment:Deployment"
    service = "apigatewayv2"
    props = {
        "apiId": Prop(required=True, replaces=True),
        # AWS could change this in place; the emulator has no UpdateDeployment.
        "description": Prop(replaces=True),
        "triggers": Prop(provider_only=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Take the snapshot."""
        answer = aws.client("apigatewayv2").create_deployment(
            ApiId=inputs["apiId"], **present(Description=inputs.get("description"))
        )
        return str(answer["DeploymentId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the deployment."""
        api = within(known, "apiId")
        found = aws.client("apigatewayv2").get_deployment(ApiId=api, DeploymentId=id)
        return {
            "apiId": api,
            "description": found.get("Description"),
            "autoDeployed": bool(found.get("AutoDeployed")),
        }

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the snapshot; AWS refuses while a stage serves it."""
        aws.client("apigatewayv2").delete_deployment(ApiId=known["apiId"], DeploymentId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Take the newest that nobody serves: a stage is made or moved only afterwards."""
        api = inputs["apiId"]
        served = {stage.get("DeploymentId") for stage in items(aws, "get_stages", api)}
        found = [
            item
            for item in items(aws, "get_deployments", api)
            if item["DeploymentId"] not in served
            and not item.get("AutoDeployed")
            and (item.get("Description") or "") == (inputs.get("description") or "")
        ]
        newest = max(found, key=lambda item: item["CreatedDate"], default=None)
        return None if newest is None else str(newest["DeploymentId"])


class Stage(ResourceType):
    """A served deployment, or with `autoDeploy` the API as it is."""

    token = "aws:apigatewayv2/stage:Stage"
    service = "apigatewayv2"
    name = AutoName(max=128, prefix=None)
    tags = HTTP_TAGS
    props = {
        "apiId": Prop(required=True, replaces=True),
        "name": Prop(replaces=True),
        "description": Prop(),
        "autoDeploy": Prop(default=False),
        "deploymentId": Prop(computed=True),
        "clientCertificateId": Prop(),
        "stageVariables": Prop(),
        "defaultRouteSettings": Prop(fields=_ROUTE_SETTINGS),
        "routeSettings": Prop(unordered=True, fields=_ROUTE_SETTINGS),
        "accessLogSettings": Prop(
            fields={"destinationArn": Prop(normalize=lambda arn: arn.removesuffix(":*"))}
        ),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the stage."""
        aws.client("apigatewayv2").create_stage(
            ApiId=inputs["apiId"],
            StageName=inputs["name"],
            Tags=sent(inputs),
            **present(**_request(inputs)),
        )
        return str(inputs["name"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the stage and the address at which it serves."""
        client, api = aws.client("apigatewayv2"), within(known, "apiId")
        found = client.get_stage(ApiId=api, StageName=id)
        variables = found.get("StageVariables") or {}
        return {
            "apiId": api,
            "name": id,
            "description": found.get("Description"),
            "autoDeploy": bool(found.get("AutoDeploy")),
            "deploymentId": found.get("DeploymentId"),
            "clientCertificateId": found.get("ClientCertificateId"),
            "stageVariables": {name: value for name, value in variables.items() if value},
            "defaultRouteSettings": camel(found.get("DefaultRouteSettings")),
            "routeSettings": listed(found.get("RouteSettings"), "routeKey"),
            "accessLogSettings": camel(found.get("AccessLogSettings")),
            "arn": arn(aws, "apis", api, "stages", id),
            "executionArn": execution_arn(aws, api, id),
            "invokeUrl": invoke_url(aws, client, api, id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Update what changed.

        Settings are cleared by empty values. AWS's own calls for that (DeleteAccessLogSettings,
        DeleteRouteSettings) remove the whole stage on the emulator.
        """
        cleared = {name: "" for name in old.get("stageVariables") or {}}
        whole = _request({**new, "stageVariables": cleared | (new.get("stageVariables") or {})})
        members = {_MEMBERS[name] for name in changed}
        arguments = {member: value for member, value in whole.items() if member in members}
        aws.client("apigatewayv2").update_stage(ApiId=new["apiId"], StageName=id, **arguments)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Stop serving."""
        aws.client("apigatewayv2").delete_stage(ApiId=known["apiId"], StageName=id)


_MEMBERS = {
    "description": "Description",
    "autoDeploy": "AutoDeploy",
    "deploymentId": "DeploymentId",
    "clientCertificateId": "ClientCertificateId",
    "stageVariables": "StageVariables",
    "defaultRouteSettings": "DefaultRouteSettings",
    "routeSettings": "RouteSettings",
    "accessLogSettings": "AccessLogSettings",
}


def _request(inputs: Props) -> dict[str, Any]:
    logs = dict(inputs.get("accessLogSettings") or {})
    if logs:
        logs["destinationArn"] = str(logs["destinationArn"]).removesuffix(":*")
    return {
        "Description": inputs.get("description") or "",
        "AutoDeploy": bool(inputs.get("autoDeploy")),
        "DeploymentId": inputs.get("deploymentId") or "",
        "ClientCertificateId": inputs.get("clientCertificateId") or "",
        "StageVariables": inputs.get("stageVariables") or {},
        "DefaultRouteSettings": pascal(inputs.get("defaultRouteSettings")),
        "RouteSettings": keyed(inputs.get("routeSettings"), "routeKey"),
        "AccessLogSettings": pascal(logs),
    }
