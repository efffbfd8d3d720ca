from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from common import response

from shared.api import routes
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, Program, local, run

ORIGIN = "http://localhost:3000"
JWT = {"edge": "http", "auth": "jwt", "jwt_issuer": "https://id.example.com", "jwt_audience": "us"}
ROUTE = "apigatewayv2/route:Route"
DEPLOYMENT = ("apigatewayv2/deployment:Deployment", "http-deployment")
STAGE = ("apigatewayv2/stage:Stage", "http-stage")

every_route = pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: route.name)


def deploy(security: Program, compute: Program, **config: str) -> Program:
    return run(
        "api", upstream=below(security, compute), config=local("api") | {"edge": "http", **config}
    )


@pytest.fixture(scope="module")
def jwt_api(security: Program, compute: Program) -> Program:
    return deploy(security, compute, **JWT)


def test_there_is_one_api_and_none_of_the_other_kind(api: Program, http_api: Program) -> None:
    inputs = http_api.one("apigatewayv2/api:Api", "http").inputs
    assert inputs["protocolType"] == "HTTP"
    assert not [item for item in http_api.resources if item.type.startswith("aws:apigateway/")]
    assert not [item for item in api.resources if item.type.startswith("aws:apigatewayv2/")]


@every_route
def test_every_route_is_answered_by_the_alias_of_its_function(
    compute: Program, http_api: Program, route: routes.Route
) -> None:
    made = http_api.one(ROUTE, route.name).inputs
    assert made["apiId"] == "http123"
    assert made["routeKey"] == route.key
    assert made["target"] == f"integrations/{route.job}-made"
    target = http_api.one("apigatewayv2/integration:Integration", route.job).inputs
    assert target == {
        "apiId": "http123",
        "integrationType": "AWS_PROXY",
        "integrationMethod": "POST",
        "integrationUri": compute.outputs["invoke_arns"][route.job],
        "payloadFormatVersion": "2.0",
    }
    assert ":live/" in target["integrationUri"]


def test_there_is_no_route_but_those_of_the_table(http_api: Program) -> None:
    made = {item.inputs["routeKey"] for item in http_api.all(ROUTE).values()}
    assert made == {route.key for route in routes.ROUTES}
    functions = set(http_api.all("apigatewayv2/integration:Integration"))
    assert functions == {route.job for route in routes.ROUTES}


@every_route
def test_only_this_method_of_this_stage_may_call_the_function(
    http_api: Program, route: routes.Route
) -> None:
    permission = http_api.one("lambda/permission:Permission", f"{route.name}-call").inputs
    path = route.path.replace("{symbol}", "*").replace("{id}", "*")
    assert permission == {
        "action": "lambda:InvokeFunction",
        "function": f"{route.job}-made",
        "qualifier": "live",
        "principal": "apigateway.amazonaws.com",
        "sourceArn": f"arn:aws:execute-api:us-east-1:{ACCOUNT}:http123/live/{route.method}{path}",
    }


@every_route
def test_all_but_health_and_info_ask_who_calls(
    http_api: Program, jwt_api: Program, route: routes.Route
) -> None:
    signed, token = (program.one(ROUTE, route.name).inputs for program in (http_api, jwt_api))
    assert "authorizerId" not in signed
    if route.path in ("/health", "/info"):
        assert signed["authorizationType"] == token["authorizationType"] == "NONE"
        assert "authorizerId" not in token
    else:
        assert signed["authorizationType"] == "AWS_IAM"
        assert (token["authorizationType"], token["authorizerId"]) == ("JWT", "jwt-made")


def test_tokens_are_of_one_issuer_for_one_audience(http_api: Program, jwt_api: Program) -> None:
    assert jwt_api.one("apigatewayv2/authorizer:Authorizer", "jwt").inputs == {
        "apiId": "http123",
        "authorizerType": "JWT",
        "identitySources": ["$request.header.Authorization"],
        "jwtConfiguration": {"issuer": "https://id.example.com", "audiences": ["us"]},
    }
    assert http_api.all("apigatewayv2/authorizer:Authorizer") == {}


@pytest.mark.parametrize(("edge", "kind"), [("http", ROUTE), ("rest", "apigateway/method:Method")])
def test_a_sandbox_asks_nobody(security: Program, compute: Program, edge: str, kind: str) -> None:
    program = deploy(security, compute, edge=edge, auth="none", sandbox="true")
    asked = "authorizationType" if edge == "http" else "authorization"
    assert {item.inputs[asked] for item in program.all(kind).values()} == {"NONE"}
    assert program.outputs["auth"] == "none"


def test_browsers_of_the_configured_origins_are_let_in(http_api: Program) -> None:
    cors = http_api.one("apigatewayv2/api:Api", "http").inputs["corsConfiguration"]
    assert cors["allowOrigins"] == [ORIGIN]
    assert set(cors["allowMethods"]) == {route.method for route in routes.ROUTES}
    assert {"Authorization", "Content-Type", "If-Match", "X-Correlation-Id"} < set(
        cors["allowHeaders"]
    )
    assert "allowCredentials" not in cors
    assert ", ".join(cors["exposeHeaders"]) == response.EXPOSED  # what functions say on REST


def test_without_origins_no_browser_is_let_in(security: Program, compute: Program) -> None:
    program = deploy(security, compute, allowed_origins="[]")
    assert "corsConfiguration" not in program.one("apigatewayv2/api:Api", "http").inputs


def test_the_stage_is_throttled_counted_and_logged(security: Program, http_api: Program) -> None:
    stage = http_api.one(*STAGE).inputs
    assert (stage["name"], stage["deploymentId"]) == ("live", "http-deployment-made")
    assert "autoDeploy" not in stage, "callers would see half of a change"
    assert "stageVariables" not in stage, "the API says CORS headers, functions would repeat them"
    assert stage["defaultRouteSettings"] == {
        "detailedMetricsEnabled": True,
        "throttlingRateLimit": 1000,
        "throttlingBurstLimit": 2000,
    }
    [group] = http_api.all("cloudwatch/logGroup:LogGroup").values()
    assert group.inputs["name"] == "/microstack/local/api-access"
    assert group.inputs["kmsKeyId"] == security.outputs["logs_key_arn"]
    assert group.inputs["retentionInDays"] == 7
    assert stage["accessLogSettings"]["destinationArn"].endswith(group.inputs["name"])


@pytest.mark.parametrize(
    ("fixture", "caller"),
    [("http_api", "$context.identity.userArn"), ("jwt_api", "$context.authorizer.claims.sub")],
)
def test_an_access_log_line_says_who_asked_what_and_how_it_went(
    request: pytest.FixtureRequest, fixture: str, caller: str
) -> None:
    stage = request.getfixturevalue(fixture).one(*STAGE).inputs
    line = json.loads(stage["accessLogSettings"]["format"])
    assert line["caller"] == caller
    assert {
        "$context.requestId",
        "$context.identity.sourceIp",
        "$context.requestTime",
        "$context.httpMethod",
        "$context.path",
        "$context.routeKey",
        "$context.status",
        "$context.protocol",
        "$context.responseLength",
        "$context.responseLatency",
        "$context.integrationLatency",
    } <= set(line.values())
    assert "$context.xrayTraceId" not in line.values(), "HTTP APIs have no such variable"


def test_the_deployment_comes_after_everything_that_it_serves(jwt_api: Program) -> None:
    after = jwt_api.one(*DEPLOYMENT).depends_on
    for kind in ("route:Route", "integration:Integration"):
        assert set(jwt_api.all(f"apigatewayv2/{kind}")) <= after


CONFIG = {
    "an origin": {"allowed_origins": '["https://a.example"]'},
    "the callers": {"auth": "iam"},
    "the issuer": {"jwt_issuer": "https://other.example.com"},
    "the audience": {"jwt_audience": "them"},
    "the default endpoint": {
        "domain_name": "api.example.test",
        "hosted_zone_id": "Z123",
        "default_endpoint_enabled": "false",
    },
}
"""Change → settings."""
PROGRAM: dict[str, dict[str, Callable[[Any], Any]]] = {
    "what browsers may send": {"cors.ALLOWED_HEADERS": lambda old: old[1:]},
    "what scripts may read": {"cors.EXPOSED_HEADERS": lambda old: old[1:]},
    "how long preflights hold": {"cors.MAX_AGE_SECONDS": lambda old: old + 1},
}
"""Change → what is another constant of the program then."""


def deployed(security: Program, compute: Program, change: str = "") -> str:
    """What the deployment is made again by, after a change."""
    program = run(
        "api",
        upstream=below(security, compute),
        config=local("api") | JWT | CONFIG.get(change, {}),
        changed=PROGRAM.get(change),
    )
    return str(program.one(*DEPLOYMENT).inputs["triggers"]["serves"])


def test_the_same_is_not_deployed_again(
    security: Program, compute: Program, jwt_api: Program
) -> None:
    assert deployed(security, compute) == jwt_api.one(*DEPLOYMENT).inputs["triggers"]["serves"]


@pytest.mark.parametrize("change", ["a route", "a function", *CONFIG, *PROGRAM])
def test_whatever_a_caller_would_notice_deploys_again(
    security: Program,
    compute: Program,
    jwt_api: Program,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    if change == "a route":
        monkeypatch.setattr(routes, "ROUTES", routes.ROUTES[:-1])
    elif change == "a function":
        arns = {**compute.outputs["invoke_arns"], "process": "arn:of:another"}
        compute = Program("compute", outputs={**compute.outputs, "invoke_arns": arns})
    before = jwt_api.one(*DEPLOYMENT).inputs["triggers"]["serves"]
    assert deployed(security, compute, change) != before


def test_readers_are_told_where_it_is_and_how_it_is_counted(
    compute: Program, api: Program, http_api: Program
) -> None:
    said: dict[str, Any] = http_api.outputs
    url = "https://http123.execute-api.us-east-1.amazonaws.com/live"
    assert (said["edge"], said["auth"]) == ("http", "iam")
    assert said["base_url"] == url
    assert (said["health_url"], said["process_url"]) == (f"{url}/health", f"{url}/process")
    assert said["metric_dimensions"] == {"ApiId": "http123", "Stage": "live"}
    assert set(said["metric_names"]) == set(api.outputs["metric_names"])
    called = {compute.outputs["function_names"][route.job] for route in routes.ROUTES}
    assert set(said["traced_services"]) == called
    assert (api.outputs["edge"], api.outputs["auth"]) == ("rest", "iam")
    assert api.outputs["traced_services"] == ["rest-made/live"]
