"""Usage plans: limits by client, and the keys by which clients are known."""

from __future__ import annotations

import json

import pytest

from shared.api import routes
from shared.errors import ConfigError
from tests.stacks.conftest import below
from tests.stacks.recorder import Program, run

CLIENTS = json.dumps(
    {"acme": {"rate": 5, "burst": 10, "quota": 1000, "period": "month"}, "beta": {}}
)
TYPES = ("usagePlan:UsagePlan", "apiKey:ApiKey", "usagePlanKey:UsagePlanKey")


@pytest.fixture(scope="module")
def planned(security: Program, compute: Program) -> Program:
    upstream = below(security, compute)
    return run("api", upstream=upstream, config={"usage_plans": CLIENTS, "throttle_rate": "900"})


def test_without_clients_there_are_no_plans_and_no_keys_are_asked_for(api: Program) -> None:
    assert not [kind for kind in TYPES if api.all(f"apigateway/{kind}")]
    assert "api_key_ids" not in api.outputs
    for method in api.all("apigateway/method:Method").values():
        assert "apiKeyRequired" not in method.inputs
    assert "invalid-api-key" not in api.all("apigateway/response:Response")


def test_each_client_has_its_limits_on_this_stage(planned: Program) -> None:
    plans = planned.all("apigateway/usagePlan:UsagePlan")
    stage = [{"apiId": "api123", "stage": "live"}]
    assert plans["acme"].inputs == {
        "description": "What acme may ask for.",
        "apiStages": stage,
        "throttleSettings": {"rateLimit": 5, "burstLimit": 10},
        "quotaSettings": {"limit": 1000, "period": "MONTH"},
    }
    assert "quotaSettings" not in plans["beta"].inputs
    assert plans["beta"].inputs["throttleSettings"] == {"rateLimit": 100, "burstLimit": 200}


def test_operations_have_a_plan_without_a_quota_up_to_what_the_stage_takes(
    planned: Program,
) -> None:
    plan = planned.one("apigateway/usagePlan:UsagePlan", "operations").inputs
    assert plan["throttleSettings"] == {"rateLimit": 900, "burstLimit": 2000}
    assert "quotaSettings" not in plan


def test_each_plan_has_a_key_of_its_own_whose_value_aws_makes_up(planned: Program) -> None:
    clients = {"acme", "beta", "operations"}
    keys = planned.all("apigateway/apiKey:ApiKey")
    assert set(keys) == clients
    for client in clients:
        assert set(keys[client].inputs) == {"description"}
        assert planned.one("apigateway/usagePlanKey:UsagePlanKey", client).inputs == {
            "usagePlanId": f"{client}-made",
            "keyId": f"{client}-made",
            "keyType": "API_KEY",
        }
    assert planned.outputs["api_key_ids"] == {client: f"{client}-made" for client in clients}


def test_every_route_that_asks_who_calls_asks_for_a_key(planned: Program) -> None:
    methods = planned.all("apigateway/method:Method")
    for route in routes.ROUTES:
        assert methods[route.name].inputs.get("apiKeyRequired", False) is not route.public
        assert methods[route.name].inputs["authorization"] == (
            "NONE" if route.public else "AWS_IAM"
        )


def test_what_the_gateway_says_of_keys_has_the_one_body(planned: Program) -> None:
    for kind, status, code in (
        ("invalid-api-key", "403", "forbidden"),
        ("quota-exceeded", "429", "too_many_requests"),
    ):
        response = planned.one("apigateway/response:Response", kind).inputs
        error = json.loads(response["responseTemplates"]["application/json"])["error"]
        assert response["statusCode"] == status
        assert error["code"] == code
        assert set(error) == {"code", "message", "correlation_id"}


def test_turning_plans_on_deploys_the_api_again(planned: Program, api: Program) -> None:
    def triggers(program: Program) -> dict[str, str]:
        found: dict[str, str] = program.one(
            "apigateway/deployment:Deployment", "deployment"
        ).inputs["triggers"]
        return found

    assert triggers(planned) != triggers(api)


@pytest.mark.parametrize(
    ("clients", "expected"),
    [
        ({"Acme": {}}, "a client's name such as acme-web"),
        ({"operations": {}}, "and not operations"),
        ({"acme": {"rate": 0}}, "greater than or equal to 1"),
        ({"acme": {"quota": 0}}, "greater than or equal to 1"),
        ({"acme": {"period": "year"}}, "'day', 'week' or 'month'"),
        ({"acme": {"colour": "blue"}}, "is not a setting"),
    ],
)
def test_what_cannot_be_is_refused(clients: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as caught:
        run("api", config={"usage_plans": json.dumps(clients)})
    assert "api:usage_plans" in str(caught.value)


def test_an_http_api_has_no_usage_plans() -> None:
    with pytest.raises(ConfigError, match="edge rest with usage_plans"):
        run("api", config={"usage_plans": CLIENTS, "edge": "http"})
