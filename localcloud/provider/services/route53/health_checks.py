"""Health checks: what Route 53 looks at before it sends callers to a record."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import TOKEN_INPUT, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.route53.zones import Route53Tags

_CONFIG = {
    "type": "Type",
    "fqdn": "FullyQualifiedDomainName",
    "port": "Port",
    "resourcePath": "ResourcePath",
    "requestInterval": "RequestInterval",
    "failureThreshold": "FailureThreshold",
    "measureLatency": "MeasureLatency",
}
_RESETS = {"fqdn": "FullyQualifiedDomainName", "resourcePath": "ResourcePath"}


class HealthCheck(ResourceType):
    """A check of an endpoint by name; of addresses, alarms and other checks it is refused."""

    token = "aws:route53/healthCheck:HealthCheck"
    service = "route53"
    regional = False
    creation_token = True
    missing = frozenset({"NoSuchHealthCheck"})
    props = {
        "type": Prop(required=True, replaces=True),
        "fqdn": Prop(),
        "port": Prop(computed=True),
        "resourcePath": Prop(),
        "requestInterval": Prop(default=30, replaces=True),
        "failureThreshold": Prop(default=3),
        "measureLatency": Prop(default=False, replaces=True),
    }
    tags = Route53Tags("healthcheck")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it; AWS remembers our token as the caller's reference."""
        made = aws.client("route53").create_health_check(
            CallerReference=inputs[TOKEN_INPUT], HealthCheckConfig=_sent(inputs, *_CONFIG)
        )
        return str(made["HealthCheck"]["Id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read its configuration."""
        found = aws.client("route53").get_health_check(HealthCheckId=id)["HealthCheck"]
        config = found["HealthCheckConfig"]
        forgotten = ("measureLatency",) if aws.emulated else ()
        return {
            "arn": f"arn:{aws.partition}:route53:::healthcheck/{id}",
            **{ours: config.get(theirs) for ours, theirs in _CONFIG.items()},
            **{name: known.get(name) for name in forgotten},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Send what changed; what was taken out goes back to AWS's own."""
        given = {name: new[name] for name in changed if name in new}
        gone = sorted(_RESETS[name] for name in changed if name in _RESETS and name not in new)
        threshold = {} if "failureThreshold" in new else {"FailureThreshold": 3}
        aws.client("route53").update_health_check(
            HealthCheckId=id,
            **(threshold if "failureThreshold" in changed else {}),
            **_sent(given, *given),
            **present(ResetElements=gone),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it."""
        aws.client("route53").delete_health_check(HealthCheckId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the check that our token made."""
        for page in aws.client("route53").get_paginator("list_health_checks").paginate():
            for found in page["HealthChecks"]:
                if found["CallerReference"] == inputs[TOKEN_INPUT]:
                    return str(found["Id"])
        return None


def _sent(inputs: Props, *names: str) -> dict[str, Any]:
    return present(**{_CONFIG[name]: inputs.get(name) for name in names})
