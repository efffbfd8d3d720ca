"""Endpoints: what answers each method of each path, and who may call it."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from cors import preflight_headers, preflight_template
from gateway import Gateway, Parts, resource_name
from permissions import permission
from pulumi import Input, Output, ResourceOptions

from shared.api.routes import ROUTES, Route
from shared.contracts import Compute
from shared.settings.api import Api

AUTHORIZATION = {"iam": "AWS_IAM", "none": "NONE"}
"""By the setting `auth`; REST APIs know no JWT (docs/adr/0008)."""


class Endpoint(pulumi.ComponentResource):
    """A route: checked, authorised, answered by the alias of its function."""

    def __init__(self, route: Route, *, of: Gateway, compute: Compute, settings: Api) -> None:
        super().__init__("microstack:api:Endpoint", route.name)
        child = ResourceOptions(parent=self)
        invoke_arn = compute.invoke_arns[route.job]
        method = aws.apigateway.Method(
            route.name,
            rest_api=of.api.id,
            resource_id=of.resource_ids[route.parts],
            http_method=route.method,
            authorization="NONE" if route.public else AUTHORIZATION[settings.auth],
            api_key_required=True if settings.usage_plans and not route.public else None,
            request_validator_id=of.validator.id,
            request_parameters=_required(route) or None,
            request_models=(
                {"application/json": of.models[route.body].name} if route.body else None
            ),
            opts=child,
        )
        aws.apigateway.Integration(
            f"{route.name}-integration",
            rest_api=of.api.id,
            resource_id=of.resource_ids[route.parts],
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",
            uri=invoke_arn,
            opts=child,
        )
        permission(
            route,
            execution_arn=of.api.execution_arn,
            compute=compute,
            stage=settings.stage,
            opts=child,
        )
        self.invoke_arn: Output[str] = invoke_arn
        self.register_outputs({})


class Preflight(pulumi.ComponentResource):
    """The answer to browsers that ask before they call a path, made by the gateway alone."""

    def __init__(
        self, parts: Parts, *, of: Gateway, methods: Sequence[str], origins: Sequence[str]
    ) -> None:
        name = f"options-{resource_name(parts)}"
        super().__init__("microstack:api:Preflight", name)
        child = ResourceOptions(parent=self)
        resource_id = of.resource_ids[parts]
        headers = preflight_headers(origins, methods=methods)
        template = preflight_template(origins)
        method = aws.apigateway.Method(
            name,
            rest_api=of.api.id,
            resource_id=resource_id,
            http_method="OPTIONS",
            authorization="NONE",
            opts=child,
        )
        integration = aws.apigateway.Integration(
            f"{name}-integration",
            rest_api=of.api.id,
            resource_id=resource_id,
            http_method=method.http_method,
            type="MOCK",
            request_templates={"application/json": '{"statusCode": 204}'},
            passthrough_behavior="WHEN_NO_TEMPLATES",
            opts=child,
        )
        response = aws.apigateway.MethodResponse(
            f"{name}-response",
            rest_api=of.api.id,
            resource_id=resource_id,
            http_method=method.http_method,
            status_code="204",
            response_parameters={f"method.response.header.{key}": False for key in headers},
            opts=child,
        )
        aws.apigateway.IntegrationResponse(
            f"{name}-headers",
            rest_api=of.api.id,
            resource_id=resource_id,
            http_method=method.http_method,
            status_code=response.status_code,
            response_parameters={
                f"method.response.header.{key}": f"'{value}'" for key, value in headers.items()
            },
            response_templates={"application/json": template},
            # API Gateway has nothing to attach a response to before the integration is there
            opts=ResourceOptions(parent=self, depends_on=[integration]),
        )
        self.answer = {"path": list(parts), "headers": headers, "template": template}
        self.register_outputs({})


def endpoints(*, of: Gateway, compute: Compute, settings: Api) -> list[Endpoint]:
    """Every route of the table."""
    return [Endpoint(route, of=of, compute=compute, settings=settings) for route in ROUTES]


def preflights(*, of: Gateway, origins: Sequence[str]) -> list[Preflight]:
    """One for each path that has methods; none when no origin may call."""
    methods: dict[Parts, list[str]] = {}
    for route in ROUTES:
        methods.setdefault(route.parts, []).append(route.method)
    return [
        Preflight(parts, of=of, methods=names, origins=origins)
        for parts, names in methods.items()
        if origins
    ]


def _required(route: Route) -> dict[str, Input[bool]]:
    query = {f"method.request.querystring.{name}": True for name in route.required_query}
    path = {f"method.request.path.{name}": True for name in route.path_parameters}
    return {**query, **path}
