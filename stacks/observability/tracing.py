"""X-Ray: which requests are traced, and the group that shows them together."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import Output

from shared.account import Account
from shared.contracts import Api
from shared.settings import Observability
from shared.tags import PROJECT

PRIORITY = 1000
"""Before X-Ray's own default rule (10000), after any that somebody adds for a reason."""


def tracing(account: Account, *, of: Api, settings: Observability) -> None:
    """One request a second and a percentage of the rest, of this API's stage only."""
    name = f"{PROJECT}-{account.stack.environment}"  # X-Ray takes 32 characters, per region
    service = Output.concat(of.rest_api_name, "/", of.stage_name)
    aws.xray.SamplingRule(
        "requests",
        rule_name=name,
        priority=PRIORITY,
        version=1,
        reservoir_size=1,
        fixed_rate=settings.trace_percent / 100,
        service_name=service,
        service_type="*",
        host="*",
        http_method="*",
        url_path="*",
        resource_arn="*",
    )
    aws.xray.Group(
        "requests",
        group_name=name,
        filter_expression=Output.concat('service("', service, '")'),
        insights_configuration={"insights_enabled": True, "notifications_enabled": False},
    )
