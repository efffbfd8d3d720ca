from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from common import errors

from shared.api import routes, schemas
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, Program, run

ORIGIN = "http://localhost:3000"
PUBLIC = {"get-health", "get-info"}


@pytest.fixture(scope="module")
def planned(security: Program, compute: Program) -> Program:
    """An API with usage plans, whose gateway has the most to say."""
    return run("api", upstream=below(security, compute), config={"usage_plans": '{"acme": {}}'})


every_route = pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: route.name)


@every_route
def test_every_route_is_answered_by_the_alias_of_its_function(
    compute: Program, api: Program, route: routes.Route
) -> None:
    integration = api.one("apigateway/integration:Integration", f"{route.name}-integration")
    assert integration.inputs["type"] == "AWS_PROXY"
    assert integration.inputs["integrationHttpMethod"] == "POST"
    assert integration.inputs["httpMethod"] == route.method
    assert integration.inputs["uri"] == compute.outputs["invoke_arns"][route.job]
    assert ":live/" in integration.inputs["uri"]


@every_route
def test_all_but_health_and_info_need_a_signature(api: Program, route: routes.Route) -> None:
    method = api.one("apigateway/method:Method", route.name).inputs
    assert method["authorization"] == ("NONE" if route.name in PUBLIC else "AWS_IAM")
    assert method["resourceId"] == "-".join(part.strip("{}") for part in route.parts) + "-made"


@every_route
def test_only_this_method_of_this_stage_may_call_the_function(
    api: Program, route: routes.Route
) -> None:
    permission = api.one("lambda/permission:Permission", f"{route.name}-call").inputs
    path = route.path.replace("{symbol}", "*").replace("{id}", "*")
    assert permission == {
        "action": "lambda:InvokeFunction",
        "function": f"{route.job}-made",
        "qualifier": "live",
        "principal": "apigateway.amazonaws.com",
        "sourceArn": f"arn:aws:execute-api:us-east-1:{ACCOUNT}:api123/live/{route.method}{path}",
    }


def test_requests_are_checked_before_a_function_runs(api: Program) -> None:
    validator = api.one("apigateway/requestValidator:RequestValidator", "body-and-parameters")
    assert validator.inputs["validateRequestBody"] is True
    assert validator.inputs["validateRequestParameters"] is True
    methods = api.all("apigateway/method:Method")
    for route in routes.ROUTES:
        assert methods[route.name].inputs["requestValidatorId"] == "body-and-parameters"
    for name in ("post-process", "post-records"):
        assert methods[name].inputs["requestModels"] == {"application/json": "Record"}
    assert methods["get-records"].inputs["requestParameters"] == {
        "method.request.querystring.symbol": True
    }
    assert methods["get-records-symbol"].inputs["requestParameters"] == {
        "method.request.path.symbol": True
    }


def test_the_model_is_the_schema_that_functions_use(api: Program) -> None:
    model = api.one("apigateway/model:Model", "record")
    assert model.inputs["name"] == "Record"
    assert model.inputs["contentType"] == "application/json"
    assert model.document("schema") == schemas.schema("Record")


def test_every_error_of_the_gateway_has_the_one_body(api: Program) -> None:
    responses = api.all("apigateway/response:Response")
    kinds = {item.inputs["responseType"] for item in responses.values()}
    assert {
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS",
        "ACCESS_DENIED",
        "MISSING_AUTHENTICATION_TOKEN",
        "UNAUTHORIZED",
        "THROTTLED",
    } <= kinds
    for item in responses.values():
        body = json.loads(item.inputs["responseTemplates"]["application/json"])
        assert set(body) == {"error"}
        assert set(body["error"]) == {"code", "message", "correlation_id"}
        assert body["error"]["correlation_id"] == "$context.requestId"
        assert "$context.error" not in json.dumps(body), "the gateway's words would leak"


def test_a_code_of_the_gateway_agrees_with_its_status(planned: Program) -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    of_functions = {k.code: k.status for k in kinds if issubclass(k, errors.ServiceError)}
    of_gateway = {"unauthorized": 401, "forbidden": 403, "too_many_requests": 429, "timeout": 504}
    statuses = of_functions | of_gateway
    for item in planned.all("apigateway/response:Response").values():
        kind = item.inputs["responseType"]
        code = json.loads(item.inputs["responseTemplates"]["application/json"])["error"]["code"]
        if kind == "DEFAULT_4XX":
            assert code not in statuses, "it goes with any status"
        elif kind != "DEFAULT_5XX":
            assert str(statuses[code]) == item.inputs["statusCode"], kind


def test_errors_of_the_gateway_carry_cors_and_correlation_headers(api: Program) -> None:
    for item in api.all("apigateway/response:Response").values():
        headers = item.inputs["responseParameters"]
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == f"'{ORIGIN}'"
        assert headers["gatewayresponse.header.X-Correlation-Id"] == "context.requestId"


def test_every_path_answers_preflights_by_itself(api: Program) -> None:
    paths = {route.parts: route for route in routes.ROUTES}
    for parts in paths:
        name = "options-" + "-".join(part.strip("{}") for part in parts)
        assert api.one("apigateway/method:Method", name).inputs["authorization"] == "NONE"
        mock = api.one("apigateway/integration:Integration", f"{name}-integration").inputs
        assert mock["type"] == "MOCK"
        assert mock["requestTemplates"] == {"application/json": '{"statusCode": 204}'}
        answer = api.one("apigateway/integrationResponse:IntegrationResponse", f"{name}-headers")
        headers = answer.inputs["responseParameters"]
        prefix = "method.response.header."
        assert answer.inputs["statusCode"] == "204"
        assert headers[f"{prefix}Access-Control-Allow-Origin"] == f"'{ORIGIN}'"
        methods = headers[f"{prefix}Access-Control-Allow-Methods"].strip("'").split(",")
        wanted = {route.method for route in routes.ROUTES if route.parts == parts}
        assert set(methods) == {*wanted, "OPTIONS"}
        assert "Authorization" in headers[f"{prefix}Access-Control-Allow-Headers"]
        assert f"{prefix}Access-Control-Allow-Credentials" not in headers
        declared = api.one("apigateway/methodResponse:MethodResponse", f"{name}-response")
        assert set(declared.inputs["responseParameters"]) == set(headers)


def test_without_origins_no_browser_is_let_in(security: Program, compute: Program) -> None:
    program = run("api", upstream=below(security, compute))
    assert not [name for name in program.all("apigateway/method:Method") if "options" in name]
    for item in program.all("apigateway/response:Response").values():
        assert not [key for key in item.inputs["responseParameters"] if "Access-Control" in key]
    assert "variables" not in program.one("apigateway/stage:Stage", "stage").inputs


def test_each_of_several_origins_is_answered_with_itself(
    security: Program, compute: Program
) -> None:
    origins = ["https://a.example", "https://b.example"]
    config = {"allowed_origins": json.dumps(origins)}
    program = run("api", upstream=below(security, compute), config=config)
    answer = program.one(
        "apigateway/integrationResponse:IntegrationResponse", "options-health-headers"
    )
    template = answer.inputs["responseTemplates"]["application/json"]
    assert all(f'$origin == "{origin}"' in template for origin in origins)
    stage = program.one("apigateway/stage:Stage", "stage").inputs
    assert stage["variables"] == {"cors_origins": ",".join(origins)}


def test_the_stage_is_traced_and_logged(security: Program, api: Program) -> None:
    stage = api.one("apigateway/stage:Stage", "stage")
    assert stage.inputs["stageName"] == "live"
    assert stage.inputs["xrayTracingEnabled"] is True
    assert stage.inputs["variables"] == {"cors_origins": ORIGIN}
    group = api.one("cloudwatch/logGroup:LogGroup", "access")
    assert stage.inputs["accessLogSettings"]["destinationArn"].endswith(group.inputs["name"])
    line = json.loads(stage.inputs["accessLogSettings"]["format"])
    assert {
        "$context.requestId",
        "$context.identity.sourceIp",
        "$context.identity.userArn",
        "$context.requestTime",
        "$context.httpMethod",
        "$context.path",
        "$context.status",
        "$context.protocol",
        "$context.responseLength",
        "$context.responseLatency",
        "$context.integrationLatency",
    } <= set(line.values())
    for name in ("access", "execution"):
        logs = api.one("cloudwatch/logGroup:LogGroup", name).inputs
        assert logs["kmsKeyId"] == security.outputs["logs_key_arn"]
        assert logs["retentionInDays"] == 7
    execution = api.one("cloudwatch/logGroup:LogGroup", "execution").inputs
    assert execution["name"] == "API-Gateway-Execution-Logs_api123/live"
    assert {"execution", "logging"} <= stage.depends_on


def test_throttling_and_metrics_stand_in_the_method_settings(api: Program) -> None:
    settings = api.one("apigateway/methodSettings:MethodSettings", "every-method").inputs
    assert settings["methodPath"] == "*/*"
    assert settings["settings"] == {
        "metricsEnabled": True,
        "loggingLevel": "INFO",
        "dataTraceEnabled": False,
        "throttlingRateLimit": 1000,
        "throttlingBurstLimit": 2000,
    }


def test_the_deployment_comes_after_everything_that_it_serves(api: Program) -> None:
    deployment = api.one("apigateway/deployment:Deployment", "deployment")
    for kind in ("method:Method", "integration:Integration", "response:Response"):
        assert set(api.all(f"apigateway/{kind}")) <= deployment.depends_on
    kind = "apigateway/integrationResponse:IntegrationResponse"
    assert set(api.all(kind)) <= deployment.depends_on


CONFIG: dict[str, dict[str, str]] = {
    "an origin": {"allowed_origins": '["https://a.example"]'},
    "a second origin": {"allowed_origins": json.dumps([ORIGIN, "https://a.example"])},
    "who may call": {"auth": "none", "sandbox": "true"},
    "the keys": {"usage_plans": '{"acme": {}}'},
    "the default endpoint": {
        "domain_name": "api.example.test",
        "hosted_zone_id": "Z123",
        "default_endpoint_enabled": "false",
    },
}
"""Change → settings, beside those of the one origin."""
PROGRAM: dict[str, dict[str, Callable[[Any], Any]]] = {
    "an error's words": {"errors.ERRORS": lambda old: _with_error(old, message="No.")},
    "an error's code": {"errors.ERRORS": lambda old: _with_error(old, code="no")},
    "an error's status": {"errors.ERRORS": lambda old: _with_error(old, status=404)},
    "an error's headers": {"errors.error_headers": lambda _old: lambda _origins: {"X-New": "1"}},
    "an error more": {"errors.ERRORS": lambda old: old | {"WAF_FILTERED": old["THROTTLED"]}},
    "what browsers may send": {"cors.ALLOWED_HEADERS": lambda old: old[1:]},
    "how long preflights hold": {"cors.MAX_AGE_SECONDS": lambda old: old + 1},
}
"""Change → what is another constant of the program then."""


def deployed(security: Program, compute: Program, change: str = "") -> str:
    """What the deployment is made again by, after a change."""
    program = run(
        "api",
        upstream=below(security, compute),
        config={"allowed_origins": json.dumps([ORIGIN])} | CONFIG.get(change, {}),
        changed=PROGRAM.get(change),
    )
    triggers = program.one("apigateway/deployment:Deployment", "deployment").inputs["triggers"]
    return str(triggers["serves"])


@pytest.fixture(scope="module")
def unchanged(security: Program, compute: Program) -> str:
    return deployed(security, compute)


def test_the_same_is_not_deployed_again(
    security: Program, compute: Program, unchanged: str
) -> None:
    assert deployed(security, compute) == unchanged


@pytest.mark.parametrize("change", ["a route", "a schema", "a function", *CONFIG, *PROGRAM])
def test_whatever_a_caller_would_notice_deploys_again(
    security: Program,
    compute: Program,
    unchanged: str,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    if change == "a route":
        monkeypatch.setattr(routes, "ROUTES", routes.ROUTES[:-1])
    elif change == "a schema":
        schema = {**schemas.schema("Record"), "maxProperties": 9}
        monkeypatch.setattr(schemas, "schema", lambda _name: schema)
    elif change == "a function":
        moved = {**compute.outputs["invoke_arns"], "process": "arn:of:another"}
        compute = Program("compute", outputs={**compute.outputs, "invoke_arns": moved})
    assert deployed(security, compute, change) != unchanged


def _with_error(errors: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**errors, "ACCESS_DENIED": replace(errors["ACCESS_DENIED"], **changes)}


def test_gateway_logs_by_a_bounded_role_of_its_own(security: Program, api: Program) -> None:
    role = api.one("iam/role:Role", "gateway-logs")
    assert role.inputs["permissionsBoundary"] == security.outputs["permissions_boundary_arn"]
    trusted = role.statement("assumeRolePolicy", "Trust")["Principal"]
    assert trusted == {"Service": "apigateway.amazonaws.com"}
    allowed = api.one("iam/rolePolicy:RolePolicy", "gateway-logs-policy").statement(
        "policy", "WriteLogs"
    )
    assert {action.split(":")[0] for action in allowed["Action"]} == {"logs"}
    account = api.one("apigateway/account:Account", "logging")
    assert account.inputs == {"cloudwatchRoleArn": f"arn:aws:iam::{ACCOUNT}:role/gateway-logs-made"}


def test_a_second_stack_of_an_account_leaves_the_logging_role_to_the_first(
    security: Program, compute: Program
) -> None:
    upstream = below(security, compute)
    program = run("api", upstream=upstream, config={"account_logging": "false"})
    assert program.all("apigateway/account:Account") == {}
    assert program.all("iam/role:Role") == {}


def test_the_api_is_regional(api: Program) -> None:
    inputs = api.one("apigateway/restApi:RestApi", "rest").inputs
    assert inputs["endpointConfiguration"] == {"types": "REGIONAL"}
