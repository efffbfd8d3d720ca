"""The HTTP edge: an HTTP API, which knows JWT and leaves the checking of requests to functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
from cors import http_cors
from edge import Edge
from permissions import permission
from pulumi import Output, ResourceOptions
from stage import access_log_name, fingerprint, log_group

from shared.account import Account
from shared.api import routes
from shared.contracts import Compute, Counted, NetworkSecurity
from shared.registry.jobs import Job
from shared.settings.api import Api

METRICS: Final[Mapping[Counted, str]] = {
    "requests": "Count",
    "client_errors": "4xx",
    "server_errors": "5xx",
    "latency": "Latency",
}
"""API Gateway developer guide, "Monitor CloudWatch metrics for HTTP APIs"."""

CALLERS = {
    "iam": "$context.identity.userArn",
    "jwt": "$context.authorizer.claims.sub",
    "none": "-",
}
"""Who called, in an access log line, by the setting `auth`."""

ACCESS_LOG = {
    "request_id": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "user_agent": "$context.identity.userAgent",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "route": "$context.routeKey",
    "status": "$context.status",
    "protocol": "$context.protocol",
    "length": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "error_type": "$context.error.responseType",
    "authorizer_error": "$context.authorizer.error",
    "integration_error": "$context.integrationErrorMessage",
}
"""Field of an access log line → the gateway's variable."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """How callers of a route show who they are."""

    type: str
    authorizer_id: Output[str] | None = None


OPEN = Guard(type="NONE")


class HttpRoute(pulumi.ComponentResource):
    """A route: authorised, answered by the alias of its function."""

    def __init__(
        self,
        route: routes.Route,
        *,
        of: aws.apigatewayv2.Api,
        target: aws.apigatewayv2.Integration,
        guard: Guard,
        compute: Compute,
        stage: str,
    ) -> None:
        super().__init__("microstack:api:HttpRoute", route.name)
        child = ResourceOptions(parent=self)
        aws.apigatewayv2.Route(
            route.name,
            api_id=of.id,
            route_key=route.key,
            target=Output.concat("integrations/", target.id),
            authorization_type=guard.type,
            authorizer_id=guard.authorizer_id,
            opts=child,
        )
        permission(route, execution_arn=of.execution_arn, compute=compute, stage=stage, opts=child)
        self.register_outputs({})


def http_edge(
    account: Account, *, settings: Api, security: NetworkSecurity, compute: Compute
) -> Edge:
    """Every route of the table behind an HTTP API, deployed again when a caller could notice."""
    api = aws.apigatewayv2.Api(
        "http",
        protocol_type="HTTP",
        description="The HTTP edge of the system.",
        disable_execute_api_endpoint=None if settings.default_endpoint_enabled else True,
        cors_configuration=http_cors(settings.allowed_origins),
    )
    guard = _guard(api, settings)
    targets = _integrations(api, compute)
    answers = [
        HttpRoute(
            route,
            of=api,
            target=targets[route.job],
            guard=OPEN if route.public else guard,
            compute=compute,
            stage=settings.stage,
        )
        for route in routes.ROUTES
    ]
    access_log = log_group(
        "access",
        group=access_log_name(account),
        settings=settings,
        key_arn=security.logs_key_arn,
    )
    snapshot = _deployment(api, settings=settings, targets=targets, made_of=answers)
    live = _stage(api, settings=settings, snapshot=snapshot, access_log=access_log)
    return Edge(
        api_id=api.id,
        api_name=api.name,
        stage_name=live.name,
        execution_arn=api.execution_arn,
        url=live.invoke_url,
        metric_dimensions={"ApiId": api.id, "Stage": live.name},
        metric_names=METRICS,
        traced_services=Output.all(*(compute.function_names[job] for job in targets)),
    )


def _guard(api: aws.apigatewayv2.Api, settings: Api) -> Guard:
    """Of all routes but the public ones."""
    if settings.auth == "none":
        return OPEN
    if settings.auth == "iam":
        return Guard(type="AWS_IAM")
    authorizer = aws.apigatewayv2.Authorizer(
        "jwt",
        api_id=api.id,
        authorizer_type="JWT",
        identity_sources=["$request.header.Authorization"],
        jwt_configuration={
            "issuer": settings.jwt_issuer,
            "audiences": [settings.jwt_audience],
        },
        opts=ResourceOptions(parent=api),
    )
    return Guard(type="JWT", authorizer_id=authorizer.id)


def _integrations(
    api: aws.apigatewayv2.Api, compute: Compute
) -> dict[Job, aws.apigatewayv2.Integration]:
    """One for each function that has routes."""
    return {
        job: aws.apigatewayv2.Integration(
            job,
            api_id=api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",
            integration_uri=compute.invoke_arns[job],
            payload_format_version="2.0",
            opts=ResourceOptions(parent=api),
        )
        for job in dict.fromkeys(route.job for route in routes.ROUTES)
    }


def _deployment(
    api: aws.apigatewayv2.Api,
    *,
    settings: Api,
    targets: Mapping[Job, aws.apigatewayv2.Integration],
    made_of: Sequence[pulumi.Resource],
) -> aws.apigatewayv2.Deployment:
    """A snapshot, not a stage that deploys itself: callers never see half of a change."""
    serves = {
        "routes": [route.surface for route in routes.ROUTES],
        "cors": http_cors(settings.allowed_origins),
        # A switched-off endpoint goes on answering until the API is deployed again.
        "default_endpoint": settings.default_endpoint_enabled,
        "auth": [settings.auth, settings.jwt_issuer, settings.jwt_audience],
        "functions": [target.integration_uri for target in targets.values()],
        "targets": [target.id for target in targets.values()],
    }
    return aws.apigatewayv2.Deployment(
        "http-deployment",
        api_id=api.id,
        triggers={"serves": fingerprint(serves)},
        opts=ResourceOptions(parent=api, depends_on=[*made_of, *targets.values()]),
    )


def _stage(
    api: aws.apigatewayv2.Api,
    *,
    settings: Api,
    snapshot: aws.apigatewayv2.Deployment,
    access_log: aws.cloudwatch.LogGroup,
) -> aws.apigatewayv2.Stage:
    line = {**ACCESS_LOG, "caller": CALLERS[settings.auth]}
    return aws.apigatewayv2.Stage(
        "http-stage",
        api_id=api.id,
        name=settings.stage,
        description="What callers reach.",
        deployment_id=snapshot.id,
        access_log_settings={"destination_arn": access_log.arn, "format": json.dumps(line)},
        default_route_settings={
            "detailed_metrics_enabled": True,
            "throttling_rate_limit": settings.throttle_rate,
            "throttling_burst_limit": settings.throttle_burst,
        },
        opts=ResourceOptions(parent=api),
    )
