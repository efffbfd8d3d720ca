"""X-Ray: which requests are traced, and the group that shows them together."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Output

from shared.account import Account
from shared.contracts import Api
from shared.settings.observability import Observability
from shared.tags import PROJECT

PRIORITY = 1000
"""Before X-Ray's own default rule (10000), after any that somebody adds for a reason."""


def tracing(account: Account, *, of: Api, settings: Observability) -> None:
    """One request a second and a percentage of the rest, of this API's stage only.

    The rule is for a REST API: HTTP APIs are not traced, and Lambda samples by a rule of its own.
    """
    name = f"{PROJECT}-{account.stack.environment}"  # X-Ray takes 32 characters, per region
    aws.xray.SamplingRule(
        "requests",
        rule_name=name,
        priority=PRIORITY,
        version=1,
        reservoir_size=1,
        fixed_rate=settings.trace_percent / 100,
        service_name=Output.concat(of.api_name, "/", of.stage_name),
        service_type="*",
        host="*",
        http_method="*",
        url_path="*",
        resource_arn="*",
    )
    aws.xray.Group(
        "requests",
        group_name=name,
        filter_expression=of.traced_services.apply(_any_of),
        insights_configuration={"insights_enabled": True, "notifications_enabled": False},
    )


def _any_of(services: Sequence[str]) -> str:
    return " OR ".join(f'service("{name}")' for name in services)
