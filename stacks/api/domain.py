"""A domain of one's own: its certificate, the names that prove it, and the way to the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import pulumi_aws as aws
from edge import Edge
from pulumi import Output, ResourceOptions

from shared import commands, stack
from shared.account import Account
from shared.errors import StackError
from shared.settings.api import Api
from shared.stack_name import HOME_REGION

TLS = "TLS_1_2"
VALIDATION_TTL_SECONDS = 300


def require_zone(settings: Api) -> None:
    """StackError if the domain does not lie in its hosted zone, or nobody outside can ask there.

    Before anything is registered: Route 53 would say so only once the API is made or replaced.
    """
    zone = aws.route53.get_zone(zone_id=settings.hosted_zone_id)
    name = zone.name.rstrip(".")
    there = f"hosted zone {name} (api:hosted_zone_id is {settings.hosted_zone_id})"
    command = commands.set_plain(settings.layer, "hosted_zone_id", stack.current())
    mend = f"set the id of its own zone with: {command}"
    if not f".{settings.domain_name}".endswith(f".{name}"):
        raise StackError(f"api:domain_name {settings.domain_name} is not in {there}; {mend}")
    if zone.private_zone:
        raise StackError(f"The {there} is private, and api:domain_name is for everybody; {mend}")


class Routing(TypedDict, total=False):
    """What tells this region's record from those of the same name in other regions."""

    set_identifier: str
    latency_routing_policies: list[aws.route53.RecordLatencyRoutingPolicyArgsDict]
    failover_routing_policies: list[aws.route53.RecordFailoverRoutingPolicyArgsDict]
    health_check_id: Output[str]


def domain_url(edge: Edge, *, account: Account, settings: Api) -> Output[str]:
    """The API's address below its own domain, without a slash at the end.

    The same for both edges: API mappings of the newer API serve REST APIs as well.
    """
    domain = aws.apigatewayv2.DomainName(
        "domain",
        domain_name=settings.domain_name,
        domain_name_configuration={
            "certificate_arn": _certificate(account, settings),
            "endpoint_type": "REGIONAL",
            "security_policy": TLS,
        },
    )
    mapping = aws.apigatewayv2.ApiMapping(
        "domain",
        api_id=edge.api_id,
        domain_name=domain.id,
        stage=edge.stage_name,
        opts=ResourceOptions(parent=domain),
    )
    target = domain.domain_name_configuration
    aws.route53.Record(
        "domain",
        zone_id=settings.hosted_zone_id,
        name=settings.domain_name,
        type="A",
        aliases=[
            {
                "name": target.target_domain_name,
                "zone_id": target.hosted_zone_id,
                "evaluate_target_health": settings.routing != "simple",
            }
        ],
        # nobody is sent to a domain that has no API behind it yet
        opts=ResourceOptions(parent=domain, depends_on=[mapping]),
        **_routing(edge, account=account, settings=settings),
    )
    return Output.from_input(f"https://{settings.domain_name}")


def _certificate(account: Account, settings: Api) -> Output[str]:
    """ARN of a certificate that AWS has issued, after it saw the records that it asked for."""
    certificate = aws.acm.Certificate(
        "domain", domain_name=settings.domain_name, validation_method="DNS"
    )
    validation = aws.acm.CertificateValidation(
        "domain",
        certificate_arn=certificate.arn,
        validation_record_fqdns=_proof(certificate, account=account, settings=settings),
        opts=ResourceOptions(parent=certificate),
    )
    return validation.certificate_arn


def _proof(
    certificate: aws.acm.Certificate, *, account: Account, settings: Api
) -> Sequence[Output[str]] | None:
    """The record that proves the domain ours: one for all regions, so the home region makes it."""
    if settings.routing != "simple" and account.region != HOME_REGION:
        return None
    option = certificate.domain_validation_options[0]
    record = aws.route53.Record(
        "domain-validation",
        zone_id=settings.hosted_zone_id,
        name=option.resource_record_name,
        type=option.resource_record_type,
        records=[option.resource_record_value],
        ttl=VALIDATION_TTL_SECONDS,
        opts=ResourceOptions(parent=certificate),
    )
    return [record.fqdn]


def _routing(edge: Edge, *, account: Account, settings: Api) -> Routing:
    if settings.routing == "simple":
        return {}
    region = account.region
    routing: Routing = {
        "set_identifier": region,
        "health_check_id": _health_check(edge, region=region, stage=settings.stage),
    }
    if settings.routing == "latency":
        return {**routing, "latency_routing_policies": [{"region": region}]}
    turn = "PRIMARY" if region == HOME_REGION else "SECONDARY"
    return {**routing, "failover_routing_policies": [{"type": turn}]}


def _health_check(edge: Edge, *, region: str, stage: str) -> Output[str]:
    """Id of the check of this region's own endpoint: the domain may lead to another region."""
    check = aws.route53.HealthCheck(
        "domain",
        type="HTTPS",
        fqdn=Output.concat(edge.api_id, f".execute-api.{region}.amazonaws.com"),
        port=443,
        resource_path=f"/{stage}/health",
        request_interval=30,
        failure_threshold=3,
    )
    return check.id
