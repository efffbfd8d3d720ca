"""Samples of API Gateway's REST APIs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.localcloud.provider.samples import Clients, Made, Needs, Props, Sample

API = "aws:apigateway/restApi:RestApi"
RESOURCE = "aws:apigateway/resource:Resource"
METHOD = "aws:apigateway/method:Method"
INTEGRATION = "aws:apigateway/integration:Integration"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
PLAN = "aws:apigateway/usagePlan:UsagePlan"
API_KEY = "aws:apigateway/apiKey:ApiKey"
DOMAIN = "aws:apigateway/domainName:DomainName"
HERE = "us-east-1:000000000000"
CERTIFICATE = f"arn:aws:acm:{HERE}:certificate/11111111-2222-3333-4444-555555555555"


def policy(sid: str) -> str:
    """Give a resource policy of an API."""
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def schema(kind: str) -> str:
    """Give a JSON schema of a body."""
    return json.dumps({"type": "object", "properties": {"price": {"type": kind}}}, indent=1)


def _invocation(function: str) -> str:
    path = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions"
    return f"{path}/arn:aws:lambda:{HERE}:function:{function}/invocations"


def _in_api(**inputs: Any) -> Callable[[Needs], Props]:
    return lambda needs: {"restApi": needs["api"].id, **inputs}


def _on_method(**inputs: Any) -> Callable[[Needs], Props]:
    names = ("restApi", "resourceId", "httpMethod")
    return lambda needs: {**{name: needs["on"].outputs[name] for name in names}, **inputs}


def _on_resource(**inputs: Any) -> Callable[[Needs], Props]:
    return lambda needs: {
        "restApi": needs["on"].outputs["restApi"],
        "resourceId": needs["on"].id,
        **inputs,
    }


def _patch(call: str, path: str, value: str, **given: str) -> Callable[[Clients, Made], None]:
    """Give a change by hand: one patch, addressed by an output, or by `id`."""

    def disturb(clients: Clients, made: Made) -> None:
        known = {**made.outputs, "id": made.id}
        getattr(clients("apigateway"), call)(
            **{argument: known[name] for argument, name in given.items()},
            patchOperations=[{"op": "replace", "path": path, "value": value}],
        )

    return disturb


def _method(made: Made) -> dict[str, str]:
    return {
        "restApiId": made.outputs["restApi"],
        "resourceId": made.outputs["resourceId"],
        "httpMethod": made.outputs["httpMethod"],
    }


def _remove_response(clients: Clients, made: Made) -> None:
    clients("apigateway").delete_method_response(
        **_method(made), statusCode=made.outputs["statusCode"]
    )


def _mock(clients: Clients, made: Made) -> None:
    clients("apigateway").put_integration(**_method(made), type="MOCK")


def _remap(clients: Clients, made: Made) -> None:
    clients("apigateway").put_integration_response(
        **_method(made), statusCode=made.outputs["statusCode"], selectionPattern="by hand"
    )


def _no_gateway_response(clients: Clients, made: Made) -> None:
    clients("apigateway").delete_gateway_response(
        restApiId=made.outputs["restApiId"], responseType=made.outputs["responseType"]
    )


def _remove_deployment(clients: Clients, made: Made) -> None:
    clients("apigateway").delete_deployment(restApiId=made.outputs["restApi"], deploymentId=made.id)


def _no_settings(clients: Clients, made: Made) -> None:
    clients("apigateway").update_stage(
        restApiId=made.outputs["restApi"],
        stageName=made.outputs["stageName"],
        patchOperations=[{"op": "remove", "path": "/*/*"}],
    )


def _leave_plan(clients: Clients, made: Made) -> None:
    clients("apigateway").delete_usage_plan_key(
        usagePlanId=made.outputs["usagePlanId"], keyId=made.id
    )


def _other_policy(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_domain_name(
        DomainName=made.id,
        DomainNameConfigurations=[
            {
                "EndpointType": "REGIONAL",
                "CertificateArn": CERTIFICATE + "0",
                "SecurityPolicy": "TLS_1_0",
            }
        ],
    )


def _unmap(clients: Clients, made: Made) -> None:
    clients("apigateway").delete_base_path_mapping(
        domainName=made.outputs["domainName"], basePath="v1"
    )


_METHOD = ("restApi", "resourceId", "httpMethod")
_LOGS = {"destinationArn": f"arn:aws:logs:{HERE}:log-group:access:*", "format": "$context.path"}

SAMPLES = [
    Sample(
        token=API,
        inputs={
            "description": "an API",
            "binaryMediaTypes": ["image/png", "image/jpeg"],
            "endpointConfiguration": {"types": "REGIONAL"},
            "policy": policy("one"),
            "tags": {"a": "1"},
        },
        updates={
            "name": "renamed",
            "description": None,
            "policy": policy("two"),
            "apiKeySource": "AUTHORIZER",
            "minimumCompressionSize": "1024",
            "disableExecuteApiEndpoint": True,
        },
        replace={
            "binaryMediaTypes": ["image/png"],
            "endpointConfiguration": {"types": "EDGE"},
        },
        drift=_patch("update_rest_api", "/description", "by hand", restApiId="id"),
        drifted=("description",),
    ),
    Sample(
        token="aws:apigateway/account:Account",
        inputs={"cloudwatchRoleArn": "arn:aws:iam::000000000000:role/logs"},
        updates={"cloudwatchRoleArn": "arn:aws:iam::000000000000:role/other"},
        drift=_patch("update_account", "/cloudwatchRoleArn", "arn:aws:iam::000000000000:role/x"),
        drifted=("cloudwatchRoleArn",),
    ),
    Sample(
        token=RESOURCE,
        needs={"api": API},
        inputs=lambda needs: {
            "restApi": needs["api"].id,
            "parentId": needs["api"].outputs["rootResourceId"],
            "pathPart": "records",
        },
        updates={"pathPart": "{id}"},
        moves=("restApi",),
        drift=_patch("update_resource", "/pathPart", "other", restApiId="restApi", resourceId="id"),
        drifted=("pathPart",),
        not_tried={"parentId": "one sample would need two resources of one API"},
        imports=False,
    ),
    Sample(
        token=METHOD,
        needs={"on": RESOURCE},
        inputs=_on_resource(
            httpMethod="POST", authorization="AWS_IAM", operationName="store", apiKeyRequired=True
        ),
        updates={
            "authorization": "NONE",
            "authorizerId": "abcdef",
            "authorizationScopes": ["read", "write"],
            "apiKeyRequired": False,
            "operationName": None,
            "requestModels": {"application/json": "Record"},
            "requestParameters": {"method.request.querystring.limit": False},
            "requestValidatorId": "abcdef",
        },
        replace={"httpMethod": "PUT"},
        moves=("restApi", "resourceId"),
        drift=_patch(
            "update_method",
            "/authorizationType",
            "NONE",
            restApiId="restApi",
            resourceId="resourceId",
            httpMethod="httpMethod",
        ),
        drifted=("authorization",),
    ),
    Sample(
        token=METHOD,
        label="open",
        needs={"on": RESOURCE},
        inputs=_on_resource(httpMethod="GET", authorization="NONE"),
        updates={"authorization": "AWS_IAM"},
    ),
    Sample(
        token="aws:apigateway/methodResponse:MethodResponse",
        needs={"on": METHOD},
        inputs=_on_method(
            statusCode="200", responseParameters={"method.response.header.X-One": True}
        ),
        updates={
            "responseParameters": {"method.response.header.X-Two": False},
            "responseModels": {"application/json": "Empty"},
        },
        replace={"statusCode": "204"},
        moves=_METHOD,
        elsewhere={"on": f"{METHOD}#open"},
        drift=_remove_response,
    ),
    Sample(
        token=INTEGRATION,
        needs={"on": METHOD},
        inputs=_on_method(
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=_invocation("one"),
            passthroughBehavior="WHEN_NO_MATCH",
        ),
        updates={
            "uri": _invocation("two"),
            "timeoutMilliseconds": 15000,
            "connectionType": "VPC_LINK",
            "contentHandling": "CONVERT_TO_TEXT",
            "requestParameters": {"integration.request.header.X-One": "'1'"},
            "requestTemplates": {"application/json": "$input.body"},
            "cacheKeyParameters": ["method.request.querystring.limit"],
        },
        replace={
            "type": "MOCK",
            "integrationHttpMethod": "GET",
            "credentials": "arn:aws:iam::000000000000:role/other",
            "passthroughBehavior": "NEVER",
        },
        moves=_METHOD,
        elsewhere={"on": f"{METHOD}#open"},
        drift=_mock,
        drifted=("type", "uri"),
        not_tried={
            "cacheNamespace": "the emulator does not take it",
            "connectionId": "the emulator drops it",
        },
    ),
    Sample(
        token=INTEGRATION,
        label="mock",
        needs={"on": f"{METHOD}#open"},
        inputs=_on_method(
            type="MOCK",
            passthroughBehavior="WHEN_NO_MATCH",
            requestTemplates={"application/json": '{"statusCode": 204}'},
        ),
        updates={"requestTemplates": {"application/json": '{"statusCode": 200}'}},
    ),
    Sample(
        token="aws:apigateway/integrationResponse:IntegrationResponse",
        needs={"on": INTEGRATION},
        inputs=_on_method(statusCode="204"),
        updates={
            "selectionPattern": "5\\d\\d",
            "responseParameters": {"method.response.header.X-One": "'1'"},
            "responseTemplates": {"application/json": "{}"},
            "contentHandling": "CONVERT_TO_TEXT",
        },
        replace={"statusCode": "200"},
        moves=_METHOD,
        elsewhere={"on": f"{INTEGRATION}#mock"},
        drift=_remap,
        drifted=("selectionPattern",),
    ),
    Sample(
        token="aws:apigateway/model:Model",
        needs={"api": API},
        inputs=_in_api(
            name="Record",
            contentType="application/json",
            schema=schema("number"),
            description="a record",
        ),
        updates={"schema": schema("string"), "description": None},
        replace={"name": "Other", "contentType": "text/json"},
        moves=("restApi",),
        drift=_patch("update_model", "/schema", "{}", restApiId="restApi", modelName="name"),
        drifted=("schema",),
        imports=False,
    ),
    Sample(
        token="aws:apigateway/requestValidator:RequestValidator",
        needs={"api": API},
        inputs=_in_api(validateRequestBody=True),
        updates={
            "name": "renamed",
            "validateRequestBody": False,
            "validateRequestParameters": True,
        },
        moves=("restApi",),
        drift=_patch(
            "update_request_validator",
            "/validateRequestBody",
            "false",
            restApiId="restApi",
            requestValidatorId="id",
        ),
        drifted=("validateRequestBody",),
        imports=False,
    ),
    Sample(
        token="aws:apigateway/response:Response",
        needs={"api": API},
        inputs=lambda needs: {
            "restApiId": needs["api"].id,
            "responseType": "UNAUTHORIZED",
            "statusCode": "401",
        },
        updates={
            "statusCode": "403",
            "responseParameters": {"gatewayresponse.header.X-One": "'1'"},
            "responseTemplates": {"application/json": '{"error": {}}'},
        },
        replace={"responseType": "THROTTLED"},
        moves=("restApiId",),
        drift=_no_gateway_response,
    ),
    Sample(
        token=DEPLOYMENT,
        needs={"api": API},
        inputs=_in_api(description="first", triggers={"routes": "1"}),
        updates={"description": None},
        replace={"triggers": {"routes": "2"}, "variables": {"a": "1"}},
        moves=("restApi",),
        drift=_remove_deployment,
        imports=False,
    ),
    Sample(
        token=STAGE,
        needs={"deployment": DEPLOYMENT},
        inputs=lambda needs: {
            "restApi": needs["deployment"].outputs["restApi"],
            "deployment": needs["deployment"].id,
            "stageName": "live",
            "description": "what is live",
            "variables": {"one": "1", "two": "2"},
            "accessLogSettings": _LOGS,
            "tags": {"a": "1"},
        },
        updates={
            "deployment": "abcdef",
            "description": None,
            "documentationVersion": "1",
            "clientCertificateId": "abcdef",
            "variables": {"two": "3", "three": "https://example.com/a,b"},
            "xrayTracingEnabled": True,
            "cacheClusterEnabled": True,
            "cacheClusterSize": "0.5",
            "accessLogSettings": None,
        },
        replace={"stageName": "other"},
        moves=("restApi",),
        drift=_patch(
            "update_stage", "/variables/one", "9", restApiId="restApi", stageName="stageName"
        ),
        drifted=("variables",),
    ),
    Sample(
        token=STAGE,
        label="bare",
        needs={"deployment": DEPLOYMENT},
        inputs=lambda needs: {
            "restApi": needs["deployment"].outputs["restApi"],
            "deployment": needs["deployment"].id,
            "stageName": "next",
        },
        updates={"description": "what comes next"},
    ),
    Sample(
        token="aws:apigateway/methodSettings:MethodSettings",
        needs={"stage": STAGE},
        inputs=lambda needs: {
            "restApi": needs["stage"].outputs["restApi"],
            "stageName": needs["stage"].outputs["stageName"],
            "methodPath": "*/*",
            "settings": {"metricsEnabled": True, "throttlingRateLimit": 1000},
        },
        updates={
            "settings": {"loggingLevel": "INFO", "throttlingBurstLimit": 20, "cachingEnabled": True}
        },
        replace={"methodPath": "records/GET"},
        moves=("restApi", "stageName"),
        elsewhere={"stage": f"{STAGE}#bare"},
        drift=_no_settings,
    ),
    Sample(
        token="aws:apigateway/methodSettings:MethodSettings",
        label="path",
        needs={"stage": STAGE},
        inputs=lambda needs: {
            "restApi": needs["stage"].outputs["restApi"],
            "stageName": needs["stage"].outputs["stageName"],
            "methodPath": "records/{id}/GET",
            "settings": {"throttlingRateLimit": 10.5},
        },
    ),
    Sample(
        token="aws:apigateway/authorizer:Authorizer",
        needs={"api": API},
        inputs=_in_api(authorizerUri="arn:aws:apigateway:us-east-1:lambda:path/one"),
        updates={
            "name": "renamed",
            "type": "REQUEST",
            "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/two",
            "authorizerCredentials": "arn:aws:iam::000000000000:role/other",
            "identitySource": "method.request.header.X-Token",
            "identityValidationExpression": "Bearer .*",
            "authorizerResultTtlInSeconds": 0,
        },
        replace={"providerArns": [f"arn:aws:cognito-idp:{HERE}:userpool/us-east-1_abc"]},
        moves=("restApi",),
        drift=_patch(
            "update_authorizer",
            "/authorizerUri",
            "arn:aws:apigateway:us-east-1:lambda:path/by-hand",
            restApiId="restApi",
            authorizerId="id",
        ),
        drifted=("authorizerUri",),
        imports=False,
    ),
    Sample(
        token=PLAN,
        needs={"stage": STAGE},
        inputs=lambda needs: {
            "description": "for partners",
            "apiStages": [
                {
                    "apiId": needs["stage"].outputs["restApi"],
                    "stage": needs["stage"].outputs["stageName"],
                    "throttles": [{"path": "/records/GET", "rateLimit": 5, "burstLimit": 2}],
                }
            ],
            "quotaSettings": {"limit": 1000, "period": "MONTH"},
            "tags": {"a": "1"},
        },
        updates={
            "name": "renamed",
            "description": None,
            "productCode": "abc",
            "quotaSettings": {"limit": 20, "period": "DAY"},
            "throttleSettings": {"rateLimit": 7.5, "burstLimit": 3},
        },
        replace={"apiStages": None},
        drift=_patch("update_usage_plan", "/quota/limit", "5", usagePlanId="id"),
        drifted=("quotaSettings",),
    ),
    Sample(
        token=PLAN,
        label="limits",
        inputs={
            "quotaSettings": {"limit": 1000, "period": "MONTH"},
            "throttleSettings": {"rateLimit": 7.5, "burstLimit": 3},
        },
        updates={"quotaSettings": None, "throttleSettings": None},
    ),
    Sample(
        token=API_KEY,
        inputs=lambda needs: {
            "description": "of a partner",
            "value": f"a-key-long-enough-{needs.unique}",
            "tags": {"a": "1"},
        },
        updates={
            "name": "renamed",
            "description": None,
            "customerId": "42",
            "enabled": False,
        },
        replace={"value": "another-key-long-enough"},
        drift=_patch("update_api_key", "/description", "by hand", apiKey="id"),
        drifted=("description",),
    ),
    Sample(
        token="aws:apigateway/usagePlanKey:UsagePlanKey",
        needs={"plan": PLAN, "key": API_KEY},
        inputs=lambda needs: {
            "usagePlanId": needs["plan"].id,
            "keyId": needs["key"].id,
            "keyType": "API_KEY",
        },
        replace={"keyType": "OTHER"},
        moves=("usagePlanId", "keyId"),
        drift=_leave_plan,
        imports=False,
    ),
    Sample(
        token=DOMAIN,
        inputs=lambda needs: {
            "domainName": f"{needs.unique}.example.com",
            "regionalCertificateArn": CERTIFICATE,
            "endpointConfiguration": {"types": "REGIONAL"},
            "securityPolicy": "TLS_1_2",
            "tags": {"a": "1"},
        },
        updates={
            "regionalCertificateArn": CERTIFICATE + "1",
            "securityPolicy": "TLS_1_0",
            "mutualTlsAuthentication": {"truststoreUri": "s3://trust/store.pem"},
            "ownershipVerificationCertificateArn": CERTIFICATE + "2",
        },
        replace={
            "domainName": "other.example.com",
            "endpointConfiguration": {"types": "EDGE"},
        },
        drift=_other_policy,
        drifted=("regionalCertificateArn", "securityPolicy"),
        not_tried={
            "certificateArn": "of edge-optimized domains, which only the old API can change"
        },
    ),
    Sample(
        token="aws:apigateway/basePathMapping:BasePathMapping",
        needs={"domain": DOMAIN, "stage": STAGE, "other": STAGE},
        inputs=lambda needs: {
            "domainName": needs["domain"].id,
            "restApi": needs["stage"].outputs["restApi"],
            "stageName": needs["stage"].outputs["stageName"],
            "basePath": "v1",
        },
        updates=lambda needs: {"restApi": needs["other"].outputs["restApi"]},
        replace={"basePath": None},
        moves=("domainName",),
        drift=_unmap,
        not_tried={"stageName": "a stage of the same API would be needed"},
    ),
    Sample(
        token="aws:apigateway/basePathMapping:BasePathMapping",
        label="root",
        needs={"domain": DOMAIN, "stage": STAGE},
        inputs=lambda needs: {
            "domainName": needs["domain"].id,
            "restApi": needs["stage"].outputs["restApi"],
            "stageName": needs["stage"].outputs["stageName"],
        },
    ),
]
