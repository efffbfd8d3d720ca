"""Authorizers of a REST API: a function or a user pool that decides about a call."""

from __future__ import annotations

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import arn, within
from localcloud.provider.services.apigateway.models import named

_ARGUMENTS = {  # input -> argument of CreateAuthorizer and member of its answers
    "name": "name",
    "type": "type",
    "authorizerUri": "authorizerUri",
    "authorizerCredentials": "authorizerCredentials",
    "identitySource": "identitySource",
    "identityValidationExpression": "identityValidationExpression",
    "authorizerResultTtlInSeconds": "authorizerResultTtlInSeconds",
    "providerArns": "providerARNs",
}
_USUAL = {
    "type": "TOKEN",
    "identitySource": "method.request.header.Authorization",
    "authorizerResultTtlInSeconds": 300,
}


class Authorizer(ResourceType):
    """One authorizer; methods name it by its id."""

    token = "aws:apigateway/authorizer:Authorizer"
    service = "apigateway"
    name = AutoName(max=128, prefix=None)
    props = {
        "restApi": Prop(required=True, replaces=True),
        "name": Prop(),
        "type": Prop(default=_USUAL["type"]),
        "authorizerUri": Prop(),
        "authorizerCredentials": Prop(),
        "identitySource": Prop(default=_USUAL["identitySource"]),
        "identityValidationExpression": Prop(),
        "authorizerResultTtlInSeconds": Prop(default=_USUAL["authorizerResultTtlInSeconds"]),
        # AWS could change this in place; the emulator's patches destroy lists.
        "providerArns": Prop(unordered=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the authorizer."""
        given = {name: (_USUAL | inputs).get(source) for source, name in _ARGUMENTS.items()}
        answer = aws.client("apigateway").create_authorizer(
            restApiId=inputs["restApi"], **present(**given)
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the authorizer."""
        api = within(known, "restApi")
        found = aws.client("apigateway").get_authorizer(restApiId=api, authorizerId=id)
        seconds = patches.number(found.get("authorizerResultTtlInSeconds"))
        return {
            "restApi": api,
            **{source: found.get(name) for source, name in _ARGUMENTS.items()},
            "authorizerResultTtlInSeconds": seconds,
            "arn": arn(aws, "restapis", api, "authorizers", id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        paths = {source: f"/{name}" for source, name in _ARGUMENTS.items()}
        aws.client("apigateway").update_authorizer(
            restApiId=new["restApi"],
            authorizerId=id,
            patchOperations=patches.fields(paths, _USUAL | new, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the authorizer."""
        aws.client("apigateway").delete_authorizer(restApiId=known["restApi"], authorizerId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """An API has each authorizer name once."""
        client = aws.client("apigateway")
        return named(client, "get_authorizers", inputs["restApi"], inputs["name"])
