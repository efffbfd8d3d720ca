"""Who may call the functions: the API, for one method of one path of one stage."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from shared.api.routes import Route
from shared.contracts import Compute


def permission(
    route: Route,
    *,
    execution_arn: Output[str],
    compute: Compute,
    stage: str,
    opts: ResourceOptions,
) -> aws.lambda_.Permission:
    """Let the API call the alias of the route's function, for this route and no other."""
    path = "/".join("*" if part.startswith("{") else part for part in route.parts)
    return aws.lambda_.Permission(
        f"{route.name}-call",
        action="lambda:InvokeFunction",
        function=compute.function_names[route.job],
        qualifier=compute.alias_name,
        principal="apigateway.amazonaws.com",
        source_arn=Output.concat(execution_arn, f"/{stage}/{route.method}/{path}"),
        opts=opts,
    )
