"""HTTP APIs."""

from __future__ import annotations

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    TOKEN_TAG,
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
    sent,
)
from localcloud.provider.services.apigateway.addresses import HTTP_TAGS, arn, execution_arn
from localcloud.provider.services.apigatewayv2.spelling import camel, pascal

_PLAIN = {  # input -> member
    "name": "Name",
    "protocolType": "ProtocolType",
    "description": "Description",
    "version": "Version",
    "disableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
    "apiKeySelectionExpression": "ApiKeySelectionExpression",
    "routeSelectionExpression": "RouteSelectionExpression",
}
_USUAL = {
    "disableExecuteApiEndpoint": False,
    "apiKeySelectionExpression": "$request.header.x-api-key",
    "routeSelectionExpression": "$request.method $request.path",
}


class Api(ResourceType):
    """An HTTP or WebSocket API.

    An OpenAPI `body` and the quick-create inputs (`target`, `routeKey`, `credentialsArn`) are
    refused: the emulator does not have them.
    """

    token = "aws:apigatewayv2/api:Api"
    service = "apigatewayv2"
    name = AutoName(max=128, prefix=None)
    creation_token = True
    tags = HTTP_TAGS
    props = {
        "name": Prop(),
        "protocolType": Prop(required=True, replaces=True),
        "description": Prop(),
        "version": Prop(),
        "disableExecuteApiEndpoint": Prop(default=_USUAL["disableExecuteApiEndpoint"]),
        "apiKeySelectionExpression": Prop(default=_USUAL["apiKeySelectionExpression"]),
        "routeSelectionExpression": Prop(default=_USUAL["routeSelectionExpression"]),
        "corsConfiguration": Prop(
            unordered=True,
            fields={"allowCredentials": Prop(default=False), "maxAge": Prop(default=0)},
        ),
        "ipAddressType": Prop(write_only=True),  # the emulator drops it
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the API; a WebSocket API has no usual way to select routes in AWS itself."""
        wanted = _USUAL | inputs
        answer = aws.client("apigatewayv2").create_api(
            **present(**{member: wanted.get(name) for name, member in _PLAIN.items()}),
            **present(
                CorsConfiguration=pascal(inputs.get("corsConfiguration")),
                IpAddressType=inputs.get("ipAddressType"),
                Tags=sent(inputs),
            ),
        )
        return str(answer["ApiId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the API."""
        found = aws.client("apigatewayv2").get_api(ApiId=id)
        return {
            **{name: found.get(member) for name, member in _PLAIN.items()},
            "corsConfiguration": camel(found.get("CorsConfiguration")),
            "ipAddressType": found.get("IpAddressType"),
            "apiEndpoint": found.get("ApiEndpoint"),
            "arn": arn(aws, "apis", id),
            "executionArn": execution_arn(aws, id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Update what changed; CORS is removed by a call of its own."""
        client = aws.client("apigatewayv2")
        cors = new.get("corsConfiguration")
        if "corsConfiguration" in changed and not cors:
            client.delete_cors_configuration(ApiId=id)
        arguments = {
            member: (_USUAL | new).get(name, "")
            for name, member in _PLAIN.items()
            if name in changed
        }
        if "corsConfiguration" in changed:
            arguments |= present(CorsConfiguration=pascal(cors))
        if arguments:
            client.update_api(ApiId=id, **arguments)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the API and all that is in it."""
        aws.client("apigatewayv2").delete_api(ApiId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the creation token."""
        token = inputs.get(TOKEN_INPUT)
        for page in aws.client("apigatewayv2").get_paginator("get_apis").paginate():
            for item in page.get("Items", []):
                if token and (item.get("Tags") or {}).get(TOKEN_TAG) == token:
                    return str(item["ApiId"])
        return None
