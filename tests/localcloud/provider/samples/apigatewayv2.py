"""Samples of API Gateway's HTTP APIs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.localcloud.provider.samples import Clients, Made, Needs, Props, Sample

API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
DOMAIN = "aws:apigatewayv2/domainName:DomainName"
HERE = "us-east-1:000000000000"
CERTIFICATE = f"arn:aws:acm:{HERE}:certificate/11111111-2222-3333-4444-555555555555"


def _in_api(**inputs: Any) -> Callable[[Needs], Props]:
    return lambda needs: {"apiId": needs["api"].id, **inputs}


def _describe(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_api(ApiId=made.id, Description="by hand")


def _open_up(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_route(
        ApiId=made.outputs["apiId"], RouteId=made.id, AuthorizationType="NONE"
    )


def _redirect(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_integration(
        ApiId=made.outputs["apiId"], IntegrationId=made.id, IntegrationUri="https://example.org"
    )


def _set_variable(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_stage(
        ApiId=made.outputs["apiId"], StageName=made.id, StageVariables={"one": "9"}
    )


def _remove_deployment(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").delete_deployment(ApiId=made.outputs["apiId"], DeploymentId=made.id)


def _trust_another(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_authorizer(
        ApiId=made.outputs["apiId"],
        AuthorizerId=made.id,
        JwtConfiguration={"Issuer": "https://example.org", "Audience": ["them"]},
    )


def _weaken(clients: Clients, made: Made) -> None:
    configuration = {
        "CertificateArn": CERTIFICATE,
        "EndpointType": "REGIONAL",
        "SecurityPolicy": "TLS_1_0",
    }
    clients("apigatewayv2").update_domain_name(
        DomainName=made.id, DomainNameConfigurations=[configuration]
    )


def _move(clients: Clients, made: Made) -> None:
    clients("apigatewayv2").update_api_mapping(
        DomainName=made.outputs["domainName"],
        ApiMappingId=made.id,
        ApiId=made.outputs["apiId"],
        ApiMappingKey="by-hand",
    )


def _domain(**changed: str) -> Props:
    return {
        "certificateArn": CERTIFICATE,
        "endpointType": "REGIONAL",
        "securityPolicy": "TLS_1_2",
        **changed,
    }


_DROPPED = "the emulator drops it"

SAMPLES = [
    Sample(
        token=API,
        inputs={
            "protocolType": "HTTP",
            "description": "an API",
            "corsConfiguration": {
                "allowOrigins": ["https://a.example.com", "https://b.example.com"],
                "allowMethods": ["GET", "POST"],
                "allowCredentials": True,
                "maxAge": 300,
            },
            "tags": {"a": "1"},
        },
        updates={
            "name": "renamed",
            "description": None,
            "version": "2",
            "disableExecuteApiEndpoint": True,
            "apiKeySelectionExpression": "$context.authorizer.usageIdentifierKey",
            "routeSelectionExpression": "$request.method $request.path/x",
            "corsConfiguration": None,
        },
        replace={"protocolType": "WEBSOCKET"},
        along={"protocolType": {"corsConfiguration": None}},
        drift=_describe,
        drifted=("description",),
        not_tried={"ipAddressType": _DROPPED},
    ),
    Sample(
        token=API,
        label="cors",
        inputs={"protocolType": "HTTP"},
        updates={"corsConfiguration": {"allowOrigins": ["https://a.example.com"]}},
    ),
    Sample(
        token="aws:apigatewayv2/route:Route",
        needs={"api": API},
        inputs=_in_api(
            routeKey="GET /records",
            authorizationType="AWS_IAM",
            operationName="list",
            requestParameters=[
                {"requestParameterKey": "route.request.querystring.limit", "required": True}
            ],
        ),
        updates={
            "routeKey": "GET /records/{symbol}",
            "target": "integrations/abcdef",
            "authorizationType": "JWT",
            "authorizerId": "abcdef",
            "authorizationScopes": ["read", "write"],
            "apiKeyRequired": True,
            "operationName": None,
            "modelSelectionExpression": "$request.body.kind",
            "requestModels": {"application/json": "Record"},
            "requestParameters": None,
            "routeResponseSelectionExpression": "$default",
        },
        moves=("apiId",),
        drift=_open_up,
        drifted=("authorizationType",),
        imports=False,
    ),
    Sample(
        token="aws:apigatewayv2/integration:Integration",
        needs={"api": API},
        inputs=_in_api(
            integrationType="AWS_PROXY",
            integrationUri=f"arn:aws:lambda:{HERE}:function:one",
            description="the function",
        ),
        updates={
            "integrationUri": f"arn:aws:lambda:{HERE}:function:two",
            "integrationMethod": "PUT",
            "payloadFormatVersion": "2.0",
            "description": None,
            "connectionType": "VPC_LINK",
            "timeoutMilliseconds": 5000,
            "requestParameters": {"append:header.x-one": "1"},
            "requestTemplates": {"application/json": "{}"},
            "responseParameters": [{"statusCode": "200", "mappings": {"append:header.x-one": "1"}}],
            "contentHandlingStrategy": "CONVERT_TO_TEXT",
        },
        replace={"integrationType": "HTTP_PROXY"},
        moves=("apiId",),
        drift=_redirect,
        drifted=("integrationUri",),
        not_tried=dict.fromkeys(
            (
                "integrationSubtype",
                "connectionId",
                "credentialsArn",
                "passthroughBehavior",
                "templateSelectionExpression",
                "tlsConfig",
            ),
            _DROPPED,
        ),
        imports=False,
    ),
    Sample(
        token="aws:apigatewayv2/integration:Integration",
        label="mapped",
        needs={"api": API},
        inputs=_in_api(
            integrationType="HTTP_PROXY",
            integrationMethod="GET",
            integrationUri="https://example.com",
            requestParameters={"append:header.x-one": "1"},
        ),
        updates={"requestParameters": None, "description": "the other side"},
        imports=False,
    ),
    Sample(
        token=STAGE,
        needs={"api": API},
        inputs=_in_api(
            description="what is live",
            autoDeploy=True,
            stageVariables={"one": "1", "two": "2"},
            accessLogSettings={
                "destinationArn": f"arn:aws:logs:{HERE}:log-group:access:*",
                "format": "$context.path",
            },
            tags={"a": "1"},
        ),
        updates={
            "description": None,
            "autoDeploy": False,
            "deploymentId": "abcdef",
            "clientCertificateId": "abcdef",
            "stageVariables": {"two": "3"},
            "defaultRouteSettings": {"throttlingRateLimit": 1000, "throttlingBurstLimit": 2000},
            "routeSettings": [{"routeKey": "GET /records", "throttlingRateLimit": 5}],
            "accessLogSettings": None,
        },
        replace={"name": "other"},
        moves=("apiId",),
        drift=_set_variable,
        drifted=("stageVariables",),
        imports=False,
    ),
    Sample(
        token="aws:apigatewayv2/deployment:Deployment",
        needs={"api": API},
        inputs=_in_api(description="first", triggers={"routes": "1"}),
        replace={"description": None, "triggers": {"routes": "2"}},
        moves=("apiId",),
        drift=_remove_deployment,
        imports=False,
    ),
    Sample(
        token="aws:apigatewayv2/authorizer:Authorizer",
        needs={"api": API},
        inputs=_in_api(
            authorizerType="JWT",
            identitySources=["$request.header.Authorization"],
            jwtConfiguration={"issuer": "https://example.com", "audiences": ["us", "you"]},
        ),
        updates={
            "name": "renamed",
            "jwtConfiguration": {"issuer": "https://example.net", "audiences": ["you"]},
            "identitySources": ["$request.querystring.token"],
        },
        replace={"authorizerType": "REQUEST"},
        moves=("apiId",),
        drift=_trust_another,
        drifted=("jwtConfiguration",),
        not_tried=dict.fromkeys(
            (
                "authorizerUri",
                "authorizerCredentialsArn",
                "authorizerPayloadFormatVersion",
                "authorizerResultTtlInSeconds",
                "enableSimpleResponses",
            ),
            "of REQUEST authorizers, which have their own sample",
        ),
        imports=False,
    ),
    Sample(
        token="aws:apigatewayv2/authorizer:Authorizer",
        label="request",
        needs={"api": API},
        inputs=_in_api(
            authorizerType="REQUEST",
            authorizerUri="arn:aws:apigateway:us-east-1:lambda:path/one",
            authorizerPayloadFormatVersion="2.0",
        ),
        updates={
            "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/two",
            "authorizerCredentialsArn": "arn:aws:iam::000000000000:role/other",
            "authorizerPayloadFormatVersion": "1.0",
            "authorizerResultTtlInSeconds": 60,
            "enableSimpleResponses": True,
        },
        imports=False,
    ),
    Sample(
        token=DOMAIN,
        inputs=lambda needs: {
            "domainName": f"{needs.unique}.example.com",
            "domainNameConfiguration": _domain(),
            "tags": {"a": "1"},
        },
        updates={
            "domainNameConfiguration": _domain(certificateArn=CERTIFICATE + "1"),
            "mutualTlsAuthentication": {"truststoreUri": "s3://trust/store.pem"},
            "routingMode": "ROUTING_RULE_ONLY",
        },
        replace={"domainName": "other.example.com"},
        drift=_weaken,
        drifted=("domainNameConfiguration",),
    ),
    Sample(
        token="aws:apigatewayv2/apiMapping:ApiMapping",
        needs={"domain": DOMAIN, "stage": STAGE, "other": STAGE},
        inputs=lambda needs: {
            "domainName": needs["domain"].id,
            "apiId": needs["stage"].outputs["apiId"],
            "stage": needs["stage"].id,
            "apiMappingKey": "v1",
        },
        updates={"apiMappingKey": None},
        moves=("domainName",),
        drift=_move,
        drifted=("apiMappingKey",),
        not_tried={
            "apiId": "changes only together with its stage",
            "stage": "changes only together with its API",
        },
        imports=False,
    ),
]
