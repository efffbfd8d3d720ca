"""The REST edge: a REST API that checks requests itself and words its own errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi_aws as aws
from edge import Edge
from endpoints import endpoints, preflights
from errors import error_answers, gateway_errors
from gateway import gateway
from pulumi import Output
from stage import access_log_name, deployment, execution_log_name, log_group, logging_role, stage
from usage import errors

from shared.account import Account
from shared.api import routes, schemas
from shared.contracts import Compute, Counted, NetworkSecurity
from shared.settings.api import Api

METRICS: Final[Mapping[Counted, str]] = {
    "requests": "Count",
    "client_errors": "4XXError",
    "server_errors": "5XXError",
    "latency": "Latency",
}
"""API Gateway developer guide, "Amazon API Gateway dimensions and metrics"."""


def rest_edge(
    account: Account, *, settings: Api, security: NetworkSecurity, compute: Compute
) -> Edge:
    """Every route of the table behind a REST API, deployed again when a caller could notice."""
    front = gateway(settings)
    answers = endpoints(of=front, compute=compute, settings=settings)
    browsers = preflights(of=front, origins=settings.allowed_origins)
    said = error_answers(errors(settings), origins=settings.allowed_origins)
    refusals = gateway_errors(front.api, answers=said)
    snapshot = deployment(
        front.api,
        serves={
            "routes": [route.surface for route in routes.ROUTES],
            "schemas": [schemas.schema(name) for name in routes.bodies()],
            "errors": said,
            "preflights": [browser.answer for browser in browsers],
            "auth": settings.auth,
            "keys": bool(settings.usage_plans),
            # A switched-off endpoint goes on answering until the API is deployed again.
            "default_endpoint": settings.default_endpoint_enabled,
            "functions": [answer.invoke_arn for answer in answers],
            "resources": list(front.resource_ids.values()),
        },
        made_of=[*answers, *browsers, *refusals],
    )
    key_arn = security.logs_key_arn
    access_log = log_group(
        "access", group=access_log_name(account), settings=settings, key_arn=key_arn
    )
    execution_log = log_group(
        "execution",
        group=execution_log_name(front.api, settings=settings),
        settings=settings,
        key_arn=key_arn,
    )
    live = stage(
        front.api,
        settings=settings,
        snapshot=snapshot,
        access_log=access_log,
        after=[execution_log, *_logging(settings, security)],
    )
    return Edge(
        api_id=front.api.id,
        api_name=front.api.name,
        stage_name=live.stage_name,
        execution_arn=front.api.execution_arn,
        url=live.invoke_url,
        metric_dimensions={"ApiName": front.api.name, "Stage": live.stage_name},
        metric_names=METRICS,
        traced_services=Output.all(Output.concat(front.api.name, "/", live.stage_name)),
    )


def _logging(settings: Api, security: NetworkSecurity) -> list[aws.apigateway.Account]:
    if not settings.account_logging:
        return []
    return [logging_role(boundary_arn=security.permissions_boundary_arn)]
