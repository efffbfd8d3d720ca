"""Functions and APIs that the provider made answer real requests on the emulator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud.provider.base.archives import zip_bytes
from tests.localcloud.provider.driver import Driver, Resource
from tests.localcloud.provider.samples import Props
from tests.localcloud.provider.samples.iam import ROLE, trust
from tests.localcloud.provider.samples.lambda_ import code
from tests.patience import PATIENCE

REST, HTTP = "aws:apigateway/", "aws:apigatewayv2/"
ECHO = """
import json
def handler(event, context):
    print("called")
    seen = {
        "answer": ANSWER,
        "variables": event.get("stageVariables"),
        "path": event.get("pathParameters"),
        "caller": event["requestContext"].get("identity", {}).get("userArn"),
    }
    return {"statusCode": 200, "body": json.dumps(seen)}
"""
SCHEMA = json.dumps({"type": "object", "required": ["price"]})
STRICTER = json.dumps({"type": "object", "required": ["price", "symbol"]})


def echo(answer: str) -> Props:
    """Give the code of a function that answers with what it was told."""
    return code(ECHO.replace("ANSWER", repr(answer)))


class Cloud:
    """What a test makes, removed in the other order at its end."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.made = driver, list[Resource]()

    def make(self, token: str, **inputs: Any) -> Resource:
        resource = self.driver.create(token, inputs, name=f"r{len(self.made)}")
        self.made.append(resource)
        return resource

    def change(self, resource: Resource, **inputs: Any) -> Resource:
        news = self.driver.check(
            resource.token, {**resource.inputs, **inputs}, olds=resource.inputs
        )
        assert self.driver.diff(resource, news).diffs
        changed = self.driver.update(resource, news)
        self.made[self.made.index(resource)] = changed
        return changed


@pytest.fixture
def cloud(driver: Driver) -> Iterator[Cloud]:
    cloud = Cloud(driver)
    yield cloud
    for resource in reversed(cloud.made):
        driver.delete(resource)


@pytest.fixture
def function(cloud: Cloud) -> Resource:
    role = cloud.make(ROLE, assumeRolePolicy=trust("lambda"))
    return cloud.make(
        "aws:lambda/function:Function",
        role=role.outputs["arn"],
        runtime="python3.12",
        handler="app.handler",
        code=echo("one"),
        publish=True,
    )


@pytest.fixture
def alias(cloud: Cloud, function: Resource) -> Resource:
    return cloud.make(
        "aws:lambda/alias:Alias",
        name="live",
        functionName=function.outputs["name"],
        functionVersion=function.outputs["version"],
    )


Signed = Callable[[str, str], requests.Response]


@pytest.fixture
def signed(environment: Mapping[str, str]) -> Signed:
    key = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])

    def call(method: str, url: str) -> requests.Response:
        request = AWSRequest(method, url)
        SigV4Auth(key, "execute-api", "us-east-1").add_auth(request)
        return requests.request(method, url, headers=dict(request.headers), timeout=PATIENCE)

    return call


class Rest:
    """A REST API under construction."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.api = cloud.make(f"{REST}restApi:RestApi")
        self.paths: dict[str, str] = {"": self.api.outputs["rootResourceId"]}

    def add(self, kind: str, **inputs: Any) -> Resource:
        token = f"{REST}{kind}:{kind[0].upper()}{kind[1:]}"
        return self.cloud.make(token, restApi=self.api.id, **inputs)

    def route(self, method: str, path: str, integration: Props, **more: Any) -> Resource:
        above, _, part = path.rpartition("/")
        if path not in self.paths:
            parent = self.paths[above]
            self.paths[path] = self.add("resource", parentId=parent, pathPart=part).id
        where = {"resourceId": self.paths[path], "httpMethod": method}
        made = self.add("method", **where, **{"authorization": "NONE", **more})
        self.add("integration", **where, **integration)
        return made

    def serve(self, **stage: Any) -> str:
        deployment = self.add("deployment")
        served = self.add("stage", deployment=deployment.id, stageName="live", **stage)
        return str(served.outputs["invokeUrl"])


def proxy(alias: Resource) -> Props:
    return {
        "type": "AWS_PROXY",
        "integrationHttpMethod": "POST",
        "uri": alias.outputs["invokeArn"],
    }


def test_a_published_function_answers_through_a_rest_api(
    cloud: Cloud, alias: Resource, environment: Mapping[str, str]
) -> None:
    rest = Rest(cloud)
    rest.route("GET", "/records", proxy(alias))
    rest.route("GET", "/records/{symbol}", proxy(alias))
    url = rest.serve(variables={"cors_origins": "https://a.example.com,https://b.example.com"})
    assert urlsplit(url).netloc == urlsplit(environment["AWS_ENDPOINT_URL"]).netloc
    answer = requests.get(f"{url}/records/ABC", timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "answer": "one",
        "variables": {"cors_origins": "https://a.example.com,https://b.example.com"},
        "path": {"symbol": "ABC"},
        "caller": None,
    }


def test_new_code_is_a_new_version_and_the_alias_moves_to_it(
    cloud: Cloud, function: Resource, alias: Resource
) -> None:
    rest = Rest(cloud)
    rest.route("GET", "/records", proxy(alias))
    url = rest.serve()
    changed = cloud.change(function, code=echo("two"))
    assert (function.outputs["version"], changed.outputs["version"]) == ("1", "2")
    assert requests.get(f"{url}/records", timeout=PATIENCE).json()["answer"] == "one"
    cloud.change(alias, functionVersion=changed.outputs["version"])
    assert requests.get(f"{url}/records", timeout=PATIENCE).json()["answer"] == "two"


def test_other_changes_than_of_code_and_settings_publish_nothing(
    cloud: Cloud, function: Resource
) -> None:
    tagged = cloud.change(function, tags={"a": "1"}, reservedConcurrentExecutions=5)
    assert tagged.outputs["version"] == "1"
    assert cloud.change(tagged, timeout=9).outputs["version"] == "2"


def test_an_update_cut_off_before_publishing_is_finished_by_the_next_one(
    cloud: Cloud, driver: Driver, function: Resource, clients: Callable[..., Any]
) -> None:
    clients("lambda").update_function_configuration(FunctionName=function.id, Timeout=9)
    wanted = driver.check(function.token, {**function.inputs, "timeout": 9}, olds=function.inputs)
    found = driver.read(function)
    assert found is not None
    assert list(driver.diff(found, wanted).diffs) == ["publish"]
    assert driver.update(found, wanted).outputs["version"] == "2"


def test_code_from_s3_runs(cloud: Cloud, clients: Callable[..., Any]) -> None:
    s3, client = clients("s3"), clients("lambda")
    s3.create_bucket(Bucket="code-of-a-test")
    for key, answer in {"1.zip": "one", "2.zip": "two"}.items():
        s3.put_object(Bucket="code-of-a-test", Key=key, Body=zip_bytes(echo(answer)))
    role = cloud.make(ROLE, assumeRolePolicy=trust("lambda"))
    function = cloud.make(
        "aws:lambda/function:Function",
        role=role.outputs["arn"],
        runtime="python3.12",
        handler="app.handler",
        s3Bucket="code-of-a-test",
        s3Key="1.zip",
    )
    event = json.dumps({"requestContext": {}})
    for key, answer in {"1.zip": "one", "2.zip": "two"}.items():
        if function.inputs["s3Key"] != key:
            function = cloud.change(function, s3Key=key)
        reply = client.invoke(FunctionName=function.id, Payload=event)
        body = json.loads(json.loads(reply["Payload"].read())["body"])
        assert body["answer"] == answer


def test_unsigned_calls_get_the_gateway_response_and_signed_ones_the_caller(
    cloud: Cloud, alias: Resource, signed: Signed
) -> None:
    rest = Rest(cloud)
    rest.route("GET", "/private", proxy(alias), authorization="AWS_IAM")
    cloud.make(
        f"{REST}response:Response",
        restApiId=rest.api.id,
        responseType="DEFAULT_4XX",
        responseTemplates={"application/json": '{"error": {"code": "refused"}}'},
        responseParameters={"gatewayresponse.header.X-Correlation-Id": "context.requestId"},
    )
    url = f"{rest.serve()}/private"
    refused = requests.get(url, timeout=PATIENCE)
    assert refused.status_code == 403
    assert refused.json() == {"error": {"code": "refused"}}
    assert refused.headers["X-Correlation-Id"]
    assert ":user/" in signed("GET", url).json()["caller"]


def test_a_method_keeps_its_backend_and_checks_by_its_new_model(
    cloud: Cloud, alias: Resource
) -> None:
    """The change goes through making the method anew, with all that hangs below it."""
    rest = Rest(cloud)
    for name, text in {"Loose": SCHEMA, "Strict": STRICTER}.items():
        rest.add("model", name=name, contentType="application/json", schema=text)
    validator = rest.add("requestValidator", validateRequestBody=True)
    method = rest.route(
        "POST",
        "/records",
        proxy(alias),
        requestModels={"application/json": "Loose"},
        requestValidatorId=validator.id,
    )
    url = f"{rest.serve()}/records"
    body = {"price": 1}
    assert requests.post(url, json=body, timeout=PATIENCE).status_code == 200
    cloud.change(method, requestModels={"application/json": "Strict"})
    assert requests.post(url, json=body, timeout=PATIENCE).status_code == 400
    assert requests.post(url, json={**body, "symbol": "A"}, timeout=PATIENCE).status_code == 200


def test_a_mocked_preflight_keeps_its_headers_through_an_update(cloud: Cloud) -> None:
    rest = Rest(cloud)
    mock = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 204}'}}
    method = rest.route("OPTIONS", "/records", mock)
    where = {name: method.inputs[name] for name in ("resourceId", "httpMethod")}
    header = "method.response.header.Access-Control-Allow-Methods"
    rest.add("methodResponse", **where, statusCode="204", responseParameters={header: True})
    rest.add("integrationResponse", **where, statusCode="204", responseParameters={header: "'GET'"})
    url = f"{rest.serve()}/records"
    integration = next(r for r in cloud.made if r.token.endswith(":Integration"))
    for change in ({}, {"timeoutMilliseconds": 5000}):
        if change:
            cloud.change(integration, **change)
        preflight = requests.options(url, timeout=PATIENCE)
        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Methods"] == "GET"


def test_a_disabled_key_opens_no_door(cloud: Cloud, alias: Resource) -> None:
    rest = Rest(cloud)
    rest.route("GET", "/records", proxy(alias), apiKeyRequired=True)
    url = f"{rest.serve()}/records"
    stages = [{"apiId": rest.api.id, "stage": "live"}]
    plan = cloud.make(f"{REST}usagePlan:UsagePlan", apiStages=stages)
    key = cloud.make(f"{REST}apiKey:ApiKey")
    cloud.make(
        f"{REST}usagePlanKey:UsagePlanKey", usagePlanId=plan.id, keyId=key.id, keyType="API_KEY"
    )
    headers = {"x-api-key": key.outputs["value"]}
    assert requests.get(url, timeout=PATIENCE).status_code == 403
    assert requests.get(url, headers=headers, timeout=PATIENCE).status_code == 200
    cloud.change(key, enabled=False)
    assert requests.get(url, headers=headers, timeout=PATIENCE).status_code == 403


def test_throttling_of_all_methods_is_in_force(cloud: Cloud, alias: Resource) -> None:
    rest = Rest(cloud)
    rest.route("GET", "/records", proxy(alias))
    url = f"{rest.serve()}/records"
    rest.add(
        "methodSettings",
        stageName="live",
        methodPath="*/*",
        settings={"throttlingRateLimit": 0.001, "throttlingBurstLimit": 1},
    )
    assert requests.get(url, timeout=PATIENCE).status_code == 200
    assert requests.get(url, timeout=PATIENCE).status_code == 429


def test_an_http_api_answers_and_tells_browsers_who_may_ask(cloud: Cloud, alias: Resource) -> None:
    api = cloud.make(
        f"{HTTP}api:Api",
        protocolType="HTTP",
        corsConfiguration={"allowOrigins": ["https://a.example.com"], "allowMethods": ["GET"]},
    )
    integration = cloud.make(
        f"{HTTP}integration:Integration",
        apiId=api.id,
        integrationType="AWS_PROXY",
        integrationUri=alias.outputs["arn"],
        payloadFormatVersion="1.0",
    )
    cloud.make(
        f"{HTTP}route:Route",
        apiId=api.id,
        routeKey="GET /records/{symbol}",
        target=f"integrations/{integration.id}",
    )
    stage = cloud.make(f"{HTTP}stage:Stage", apiId=api.id, name="$default", autoDeploy=True)
    url = f"{stage.outputs['invokeUrl']}/records/ABC"
    answer = requests.get(url, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    assert answer.json()["path"] == {"symbol": "ABC"}
    origin = {"Origin": "https://a.example.com", "Access-Control-Request-Method": "GET"}
    preflight = requests.options(url, headers=origin, timeout=PATIENCE)
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://a.example.com"


def test_a_domain_of_ones_own_leads_to_its_stage(
    cloud: Cloud, alias: Resource, environment: Mapping[str, str]
) -> None:
    rest = Rest(cloud)
    rest.route("GET", "/records", proxy(alias))
    rest.serve()
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/1"
    domain = cloud.make(
        f"{REST}domainName:DomainName",
        domainName="api.example.com",
        regionalCertificateArn=certificate,
        endpointConfiguration={"types": "REGIONAL"},
    )
    rest.add("basePathMapping", domainName=domain.id, basePath="v1", stageName="live")
    url, host = environment["AWS_ENDPOINT_URL"], {"Host": "api.example.com"}
    assert (
        requests.get(f"{url}/v1/records", headers=host, timeout=PATIENCE).json()["answer"] == "one"
    )
    assert not requests.get(f"{url}/other/records", headers=host, timeout=PATIENCE).ok
