"""Usage plans: how much each client may ask for, known by the API key that it sends along.

A key says which client calls, for counting and limits; it is no authorisation, which stays as it
is. Every route that asks who is calling asks for a key too; /health, /info and preflights do not.
"""

from __future__ import annotations

import pulumi_aws as aws
from edge import Edge
from errors import ERRORS, GatewayError
from pulumi import Output, ResourceOptions

from shared.settings.api import OPERATIONS, Api, UsagePlan

KEY_ERRORS = {
    "INVALID_API_KEY": GatewayError(403, "forbidden", "An API key of a client is needed."),
    "QUOTA_EXCEEDED": GatewayError(429, "too_many_requests", "The client's quota is used up."),
}
"""What the gateway says of keys, beside its other errors, by API Gateway's name of the kind."""


def errors(settings: Api) -> dict[str, GatewayError]:
    """Everything that the gateway itself may have to say."""
    return {**ERRORS, **KEY_ERRORS} if settings.usage_plans else ERRORS


def usage_plans(edge: Edge, *, settings: Api) -> dict[str, Output[str]]:
    """A plan with one key for each client, and for operations; client → id of its key.

    AWS makes up the keys' values. They are secrets: not published, but read with the key's id.
    """
    if not settings.usage_plans:
        return {}
    # Whoever runs the system (the smoke tests, for one) takes nothing from a client's quota.
    operations = UsagePlan(rate=settings.throttle_rate, burst=settings.throttle_burst)
    plans = {OPERATIONS: operations, **settings.usage_plans}
    return {client: _plan(client, plan, edge=edge) for client, plan in plans.items()}


def _plan(client: str, plan: UsagePlan, *, edge: Edge) -> Output[str]:
    made = aws.apigateway.UsagePlan(
        client,
        description=f"What {client} may ask for.",
        api_stages=[{"api_id": edge.api_id, "stage": edge.stage_name}],
        throttle_settings={"rate_limit": plan.rate, "burst_limit": plan.burst},
        quota_settings=(
            {"limit": plan.quota, "period": plan.period.upper()} if plan.quota else None
        ),
    )
    below = ResourceOptions(parent=made)
    key = aws.apigateway.ApiKey(client, description=f"Says that {client} calls.", opts=below)
    aws.apigateway.UsagePlanKey(
        client, usage_plan_id=made.id, key_id=key.id, key_type="API_KEY", opts=below
    )
    return key.id
