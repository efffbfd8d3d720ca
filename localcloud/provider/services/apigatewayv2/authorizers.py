"""Who may call the routes of an HTTP API."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway.addresses import within
from localcloud.provider.services.apigatewayv2.spelling import items

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


def _jwt(inputs: Props) -> Props:
    jwt = inputs.get("jwtConfiguration") or {}
    return present(Audience=jwt.get("audiences"), Issuer=jwt.get("issuer"))
