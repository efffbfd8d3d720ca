"""A domain of one's own, on both edges, in one region and in several."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import ConfigError, StackError
from tests.stacks.conftest import below
from tests.stacks.recorder import Program, run

DOMAIN = {"domain_name": "api.example.test", "hosted_zone_id": "Z123"}
ALIAS = {"name": "d-1.execute-api.example", "zoneId": "ZGATEWAY", "evaluateTargetHealth": False}
EDGES = {"rest": "api123", "http": "http123"}


@pytest.fixture(scope="module")
def upstream(security: Program, compute: Program) -> dict[str, Program]:
    return below(security, compute)


@pytest.fixture(scope="module", params=EDGES)
def edge(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def own(upstream: dict[str, Program], edge: str) -> Program:
    return run("api", upstream=upstream, config={**DOMAIN, "edge": edge})


def _record(program: Program, name: str = "domain") -> dict[str, Any]:
    return program.one("route53/record:Record", name).inputs


def test_without_a_domain_there_is_none(api: Program) -> None:
    kinds = {item.type.split(":")[1].split("/")[0] for item in api.resources}
    assert not kinds & {"acm", "route53", "apigatewayv2"}
    assert "domain_url" not in api.outputs
    inputs = api.one("apigateway/restApi:RestApi", "rest").inputs
    assert "disableExecuteApiEndpoint" not in inputs


def test_the_certificate_is_proved_by_a_record_in_the_zone(own: Program) -> None:
    assert own.one("acm/certificate:Certificate", "domain").inputs == {
        "domainName": "api.example.test",
        "validationMethod": "DNS",
    }
    assert _record(own, "domain-validation") == {
        "zoneId": "Z123",
        "name": "_proof.api.example.test",
        "type": "CNAME",
        "records": ["_proof.acm-validations.aws"],
        "ttl": 300,
    }
    wait = own.one("acm/certificateValidation:CertificateValidation", "domain").inputs
    assert wait["validationRecordFqdns"] == ["_proof.api.example.test"]


def test_the_domain_takes_tls_1_2_with_the_issued_certificate(own: Program) -> None:
    domain = own.one("apigatewayv2/domainName:DomainName", "domain").inputs
    validated = own.one("acm/certificateValidation:CertificateValidation", "domain").inputs
    assert domain == {
        "domainName": "api.example.test",
        "domainNameConfiguration": {
            "certificateArn": validated["certificateArn"],
            "endpointType": "REGIONAL",
            "securityPolicy": "TLS_1_2",
        },
    }


def test_the_domain_leads_to_the_stage_of_either_edge(own: Program, edge: str) -> None:
    mapping = own.one("apigatewayv2/apiMapping:ApiMapping", "domain").inputs
    assert mapping["apiId"] == EDGES[edge]
    assert mapping["stage"] == "live"
    assert "apiMappingKey" not in mapping
    assert own.outputs["domain_url"] == "https://api.example.test"


def test_its_name_is_an_alias_of_the_gateway(own: Program) -> None:
    assert _record(own) == {
        "zoneId": "Z123",
        "name": "api.example.test",
        "type": "A",
        "aliases": [ALIAS],
    }


def test_the_default_endpoint_can_be_switched_off(upstream: dict[str, Program], edge: str) -> None:
    config = {**DOMAIN, "edge": edge, "default_endpoint_enabled": "false"}
    program = run("api", upstream=upstream, config=config)
    token = {"rest": "apigateway/restApi:RestApi", "http": "apigatewayv2/api:Api"}[edge]
    assert program.one(token, edge).inputs["disableExecuteApiEndpoint"] is True
    assert program.outputs["base_url"] == "https://api.example.test"
    assert program.outputs["health_url"] == "https://api.example.test/health"
    assert program.outputs["process_url"] == "https://api.example.test/process"


def _regional(region: str, routing: str, layers: dict[str, Program]) -> Program:
    stack = "dev" if region == "us-east-1" else f"dev-{region}"
    config = {**DOMAIN, "routing": routing}
    return run("api", upstream=layers, config=config, stack=stack, region=region)


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_by_latency_callers_reach_the_nearest_region(
    upstream: dict[str, Program], region: str
) -> None:
    record = _record(_regional(region, "latency", upstream))
    assert record["setIdentifier"] == region
    assert record["latencyRoutingPolicies"] == [{"region": region}]
    assert record["aliases"] == [{**ALIAS, "evaluateTargetHealth": True}]


@pytest.mark.parametrize("routing", ["latency", "failover"])
@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_a_region_whose_own_endpoint_is_unwell_gets_no_callers(
    upstream: dict[str, Program], region: str, routing: str
) -> None:
    program = _regional(region, routing, upstream)
    assert program.one("route53/healthCheck:HealthCheck", "domain").inputs == {
        "type": "HTTPS",
        "fqdn": f"api123.execute-api.{region}.amazonaws.com",
        "port": 443,
        "resourcePath": "/live/health",
        "requestInterval": 30,
        "failureThreshold": 3,
    }
    assert _record(program)["healthCheckId"] == "domain-made"


@pytest.mark.parametrize(("region", "turn"), [("us-east-1", "PRIMARY"), ("us-west-2", "SECONDARY")])
def test_by_failover_the_home_region_comes_first(
    upstream: dict[str, Program], region: str, turn: str
) -> None:
    record = _record(_regional(region, "failover", upstream))
    assert record["setIdentifier"] == region
    assert record["failoverRoutingPolicies"] == [{"type": turn}]


def test_regions_share_the_one_record_that_proves_the_domain(
    upstream: dict[str, Program],
) -> None:
    home = _regional("us-east-1", "latency", upstream)
    second = _regional("us-west-2", "latency", upstream)
    assert set(home.all("route53/record:Record")) == {"domain", "domain-validation"}
    assert set(second.all("route53/record:Record")) == {"domain"}
    wait = second.one("acm/certificateValidation:CertificateValidation", "domain").inputs
    assert "validationRecordFqdns" not in wait


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"domain_name": "api.example.test"}, "domain_name and hosted_zone_id, or neither"),
        ({"hosted_zone_id": "Z123"}, "domain_name and hosted_zone_id, or neither"),
        ({"default_endpoint_enabled": "false"}, "there must be a way"),
        ({"routing": "latency"}, "a domain_name with routing latency"),
        (
            {**DOMAIN, "routing": "failover", "default_endpoint_enabled": "false"},
            "default_endpoint_enabled true with routing failover",
        ),
        ({**DOMAIN, "domain_name": "https://api.example.test"}, "api:domain_name is not usable"),
        ({**DOMAIN, "domain_name": "localhost"}, "api:domain_name is not usable"),
        ({**DOMAIN, "hosted_zone_id": "/hostedzone/Z1"}, "api:hosted_zone_id is not usable"),
        ({**DOMAIN, "routing": "random"}, "'simple', 'latency' or 'failover'"),
    ],
)
def test_what_cannot_be_is_refused(config: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        run("api", config=config)


@pytest.mark.parametrize("domain", ["example.test", "api.example.test", "a.b.example.test"])
def test_a_domain_is_its_zone_or_below_it(upstream: dict[str, Program], domain: str) -> None:
    program = run("api", upstream=upstream, config={**DOMAIN, "domain_name": domain})
    assert program.outputs["domain_url"] == f"https://{domain}"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"domain_name": "api.other.test"},
            r"^api:domain_name api.other.test is not in hosted zone example.test \(.* is Z123\); ",
        ),
        ({"domain_name": "myexample.test"}, "is not in hosted zone example.test"),
        ({"hosted_zone_id": "Z9PRIVATE"}, r"zone example.test \(.* is Z9PRIVATE\) is private"),
    ],
)
def test_a_domain_outside_of_its_zone_is_refused_before_anything_is_registered(
    upstream: dict[str, Program],
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, str],
    expected: str,
) -> None:
    registered: list[str] = []
    monkeypatch.setattr("tests.stacks.recorder._registered", lambda asked: registered.append(asked))
    with pytest.raises(StackError, match=expected) as caught:
        run("api", upstream=upstream, config={**DOMAIN, **config})
    assert "\n" not in str(caught.value)
    assert registered == []
