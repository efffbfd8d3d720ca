"""Routes, the integrations behind them, and who may call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localcloud.provider.resource import (
    TOKEN_INPUT,
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
)
from localcloud.provider.services.apigateway.places import within
from localcloud.provider.services.apigatewayv2.words import camel, keyed, listed, pascal

_ROUTE = {  # input -> member
    "routeKey": "RouteKey",
    "target": "Target",
    "authorizationType": "AuthorizationType",
    "authorizerId": "AuthorizerId",
    "authorizationScopes": "AuthorizationScopes",
    "apiKeyRequired": "ApiKeyRequired",
    "operationName": "OperationName",
    "modelSelectionExpression": "ModelSelectionExpression",
    "requestModels": "RequestModels",
    "routeResponseSelectionExpression": "RouteResponseSelectionExpression",
}
_ROUTE_CLEARED: Props = {
    "authorizationType": "NONE",
    "authorizationScopes": [],
    "apiKeyRequired": False,
    "requestModels": {},
}


class Route(ResourceType):
    """A verb and path (or `$default`) and where its requests go."""

    token = "aws:apigatewayv2/route:Route"
    service = "apigatewayv2"
    props = {
        "apiId": Prop(required=True, replaces=True),
        "routeKey": Prop(required=True),
        "target": Prop(),
        "authorizationType": Prop(default="NONE"),
        "authorizerId": Prop(),
        "authorizationScopes": Prop(unordered=True),
        "apiKeyRequired": Prop(default=False),
        "operationName": Prop(),
        "modelSelectionExpression": Prop(),
        "requestModels": Prop(),
        "requestParameters": Prop(unordered=True),
        "routeResponseSelectionExpression": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the route."""
        answer = aws.client("apigatewayv2").create_route(
            ApiId=inputs["apiId"],
            **present(**{member: inputs.get(name) for name, member in _ROUTE.items()}),
            **present(RequestParameters=_parameters(inputs.get("requestParameters"))),
        )
        return str(answer["RouteId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the route."""
        api = within(known, "apiId")
        found = aws.client("apigatewayv2").get_route(ApiId=api, RouteId=id)
        return {
            "apiId": api,
            **{name: found.get(member) for name, member in _ROUTE.items()},
            "requestParameters": listed(found.get("RequestParameters"), "requestParameterKey"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Update what changed; empty values clear."""
        arguments = {
            member: new.get(name, _ROUTE_CLEARED.get(name, ""))
            for name, member in _ROUTE.items()
            if name in changed
        }
        if "requestParameters" in changed:
            arguments["RequestParameters"] = _parameters(new.get("requestParameters"))
        aws.client("apigatewayv2").update_route(ApiId=new["apiId"], RouteId=id, **arguments)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the route."""
        aws.client("apigatewayv2").delete_route(ApiId=known["apiId"], RouteId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the route key."""
        for item in items(aws, "get_routes", inputs["apiId"]):
            if item["RouteKey"] == inputs["routeKey"]:
                return str(item["RouteId"])
        return None


_INTEGRATION = {
    "integrationType": "IntegrationType",
    "integrationUri": "IntegrationUri",
    "integrationMethod": "IntegrationMethod",
    "integrationSubtype": "IntegrationSubtype",
    "payloadFormatVersion": "PayloadFormatVersion",
    "connectionType": "ConnectionType",
    "connectionId": "ConnectionId",
    "credentialsArn": "CredentialsArn",
    "contentHandlingStrategy": "ContentHandlingStrategy",
    "passthroughBehavior": "PassthroughBehavior",
    "templateSelectionExpression": "TemplateSelectionExpression",
    "timeoutMilliseconds": "TimeoutInMillis",
    "requestParameters": "RequestParameters",
    "requestTemplates": "RequestTemplates",
}
_INTEGRATION_CLEARED: Props = {
    "payloadFormatVersion": "1.0",
    "connectionType": "INTERNET",
    "timeoutMilliseconds": 30000,
    "requestParameters": {},
    "requestTemplates": {},
}


class Integration(ResourceType):
    """The backend of routes.

    An integration has neither a name nor tags: the creation token stands at the end of its
    description, and is hidden from outputs.
    """

    token = "aws:apigatewayv2/integration:Integration"
    service = "apigatewayv2"
    creation_token = True
    props = {
        "apiId": Prop(required=True, replaces=True),
        "integrationType": Prop(required=True, replaces=True),
        "integrationUri": Prop(),
        "integrationMethod": Prop(computed=True),
        "payloadFormatVersion": Prop(default="1.0"),
        "description": Prop(),
        "connectionType": Prop(default="INTERNET"),
        "timeoutMilliseconds": Prop(default=30000),
        "requestParameters": Prop(),
        "requestTemplates": Prop(),
        "responseParameters": Prop(unordered=True),
        "contentHandlingStrategy": Prop(),
        # The emulator drops these.
        "integrationSubtype": Prop(replaces=True, write_only=True),
        "connectionId": Prop(write_only=True),
        "credentialsArn": Prop(write_only=True),
        "passthroughBehavior": Prop(write_only=True),
        "templateSelectionExpression": Prop(write_only=True),
        "tlsConfig": Prop(write_only=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the integration; the payload format is said always, for the defaults differ."""
        given = _INTEGRATION_CLEARED | inputs
        del given["timeoutMilliseconds"]
        answer = aws.client("apigatewayv2").create_integration(
            ApiId=inputs["apiId"],
            Description=_described(inputs),
            **present(**{member: given.get(name) for name, member in _INTEGRATION.items()}),
            **present(
                TimeoutInMillis=inputs.get("timeoutMilliseconds"),
                ResponseParameters=_mappings(inputs.get("responseParameters")),
                TlsConfig=pascal(inputs.get("tlsConfig")),
            ),
        )
        return str(answer["IntegrationId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the integration."""
        api = within(known, "apiId")
        found = aws.client("apigatewayv2").get_integration(ApiId=api, IntegrationId=id)
        return {
            "apiId": api,
            **{name: found.get(member) for name, member in _INTEGRATION.items()},
            "description": _without_token(found.get("Description", ""), known),
            "responseParameters": [
                {"statusCode": status, "mappings": dict(mappings)}
                for status, mappings in sorted((found.get("ResponseParameters") or {}).items())
            ],
            "tlsConfig": camel(found.get("TlsConfig")),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Update what changed; empty values clear."""
        arguments = {
            member: new.get(name, _INTEGRATION_CLEARED.get(name, ""))
            for name, member in _INTEGRATION.items()
            if name in changed
        }
        if "description" in changed:
            arguments["Description"] = _described(new)
        if "responseParameters" in changed:
            arguments["ResponseParameters"] = _mappings(new.get("responseParameters"))
        if "tlsConfig" in changed:
            arguments["TlsConfig"] = pascal(new.get("tlsConfig"))
        aws.client("apigatewayv2").update_integration(
            ApiId=new["apiId"], IntegrationId=id, **arguments
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the integration."""
        aws.client("apigatewayv2").delete_integration(ApiId=known["apiId"], IntegrationId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the creation token in the descriptions."""
        for item in items(aws, "get_integrations", inputs["apiId"]):
            if item.get("Description", "").endswith(_mark(inputs)):
                return str(item["IntegrationId"])
        return None


_AUTHORIZER = {
    "name": "Name",
    "authorizerType": "AuthorizerType",
    "authorizerUri": "AuthorizerUri",
    "authorizerCredentialsArn": "AuthorizerCredentialsArn",
    "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
    "enableSimpleResponses": "EnableSimpleResponses",
    "identitySources": "IdentitySource",
}
_AUTHORIZER_CLEARED: Props = {"enableSimpleResponses": False, "identitySources": []}


class Authorizer(ResourceType):
    """A JWT issuer, or a function, that decides about the calls of routes."""

    token = "aws:apigatewayv2/authorizer:Authorizer"
    service = "apigatewayv2"
    name = AutoName(max=128, prefix=None)
    props = {
        "apiId": Prop(required=True, replaces=True),
        "name": Prop(),
        "authorizerType": Prop(required=True, replaces=True),
        "authorizerUri": Prop(),
        "authorizerCredentialsArn": Prop(),
        # The emulator says "2.0" and 300 seconds even of JWT authorizers, which have neither.
        "authorizerPayloadFormatVersion": Prop(computed=True),
        "authorizerResultTtlInSeconds": Prop(computed=True),
        "enableSimpleResponses": Prop(default=False),
        "identitySources": Prop(computed=True, unordered=True),
        "jwtConfiguration": Prop(unordered=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the authorizer."""
        answer = aws.client("apigatewayv2").create_authorizer(
            ApiId=inputs["apiId"],
            IdentitySource=inputs.get("identitySources") or [],
            **present(
                **{
                    member: inputs.get(name)
                    for name, member in _AUTHORIZER.items()
                    if name != "identitySources"
                },
                JwtConfiguration=_jwt(inputs),
            ),
        )
        return str(answer["AuthorizerId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the authorizer."""
        api = within(known, "apiId")
        found = aws.client("apigatewayv2").get_authorizer(ApiId=api, AuthorizerId=id)
        jwt = found.get("JwtConfiguration") or {}
        return {
            "apiId": api,
            **{name: found.get(member) for name, member in _AUTHORIZER.items()},
            "jwtConfiguration": present(audiences=jwt.get("Audience"), issuer=jwt.get("Issuer")),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Update what changed."""
        arguments = {
            member: new.get(name, _AUTHORIZER_CLEARED.get(name, ""))
            for name, member in _AUTHORIZER.items()
            if name in changed
        }
        if "jwtConfiguration" in changed:
            arguments["JwtConfiguration"] = _jwt(new)
        aws.client("apigatewayv2").update_authorizer(
            ApiId=new["apiId"], AuthorizerId=id, **arguments
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the authorizer."""
        aws.client("apigatewayv2").delete_authorizer(ApiId=known["apiId"], AuthorizerId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the name; a generated one is unique."""
        for item in items(aws, "get_authorizers", inputs["apiId"]):
            if item.get("Name") == inputs["name"]:
                return str(item["AuthorizerId"])
        return None


def items(aws: Aws, call: str, api: str) -> Iterator[Props]:
    """Yield all that one of an API's lists holds."""
    for page in aws.client("apigatewayv2").get_paginator(call).paginate(ApiId=api):
        yield from page.get("Items", [])


def _parameters(value: Any) -> dict[str, Props]:
    return keyed(value, "requestParameterKey")


def _mappings(value: Any) -> dict[str, dict[str, str]]:
    return {str(item["statusCode"]): dict(item["mappings"]) for item in value or ()}


def _mark(inputs: Props) -> str:
    return f"[{inputs.get(TOKEN_INPUT, '')}]"


def _described(inputs: Props) -> str:
    return f"{inputs.get('description') or ''} {_mark(inputs)}".strip()


def _without_token(description: str, known: Props) -> str:
    return description.removesuffix(_mark(known)).rstrip()


def _jwt(inputs: Props) -> Props:
    jwt = inputs.get("jwtConfiguration") or {}
    return present(Audience=jwt.get("audiences"), Issuer=jwt.get("issuer"))
