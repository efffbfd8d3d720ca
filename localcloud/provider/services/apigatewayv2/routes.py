"""Routes of an HTTP API."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway.addresses import within
from localcloud.provider.services.apigatewayv2.spelling import items, keyed, listed

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


def _parameters(value: Any) -> dict[str, Props]:
    return keyed(value, "requestParameterKey")
