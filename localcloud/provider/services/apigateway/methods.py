"""Methods of a REST API, and the responses that they declare."""

from __future__ import annotations

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.keys import (
    KEY,
    key,
    located,
    method,
    response,
    restore,
)

_PATCHED = {
    "authorization": "/authorizationType",
    "authorizerId": "/authorizerId",
    "requestValidatorId": "/requestValidatorId",
    "operationName": "/operationName",
}


class Method(ResourceType):
    """A verb on a path: who may call it and what a request must look like."""

    token = "aws:apigateway/method:Method"
    service = "apigateway"
    props = KEY | {
        "authorization": Prop(required=True),
        "authorizerId": Prop(),
        "authorizationScopes": Prop(unordered=True),
        "apiKeyRequired": Prop(default=False),
        "operationName": Prop(),
        "requestModels": Prop(),
        "requestParameters": Prop(),
        "requestValidatorId": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the method; it answers nothing until it has an integration."""
        aws.client("apigateway").put_method(**method(inputs), **_method_request(inputs))
        return key("agm", inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the method without what other resources hang below it."""
        where = _located(known, id)
        found = aws.client("apigateway").get_method(**method(where))
        return {
            **{name: where[name] for name in KEY},
            "authorization": found.get("authorizationType"),
            "authorizerId": found.get("authorizerId"),
            "authorizationScopes": found.get("authorizationScopes"),
            "apiKeyRequired": patches.flag(found.get("apiKeyRequired")),
            "operationName": found.get("operationName"),
            "requestModels": found.get("requestModels"),
            "requestParameters": found.get("requestParameters"),
            "requestValidatorId": found.get("requestValidatorId"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch plain texts; for maps, lists and flags make the method anew with all below it."""
        client = aws.client("apigateway")
        if changed <= _PATCHED.keys():
            operations = patches.fields(_PATCHED, new, changed)
            client.update_method(**method(new), patchOperations=operations)
            return
        before = client.get_method(**method(new))
        client.delete_method(**method(new))
        client.put_method(**method(new), **_method_request(new))
        restore(client, method(new), before)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the method and all below it."""
        aws.client("apigateway").delete_method(**method(known))

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Methods are unique by their key."""
        return key("agm", inputs)


class MethodResponse(ResourceType):
    """A status code that a method may answer with, its headers and models."""

    token = "aws:apigateway/methodResponse:MethodResponse"
    service = "apigateway"
    props = KEY | {
        "statusCode": Prop(required=True, replaces=True),
        "responseModels": Prop(),
        "responseParameters": Prop(),
    }
    # The calls on one method collide when they come at the same time.
    retry_codes = {"ConflictException": ""}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Declare the response."""
        aws.client("apigateway").put_method_response(
            **response(inputs), **_response_request(inputs)
        )
        return key("agmr", inputs, inputs["statusCode"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the declared response."""
        where = _located(known, id)
        found = aws.client("apigateway").get_method_response(**response(where))
        return {
            **{name: where[name] for name in (*KEY, "statusCode")},
            "responseModels": found.get("responseModels"),
            "responseParameters": found.get("responseParameters"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Declare it anew: the emulator has no UpdateMethodResponse."""
        self.delete(aws, id, new)
        self.create(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the declaration back."""
        aws.client("apigateway").delete_method_response(**response(known))

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Responses are unique by method and status code."""
        return key("agmr", inputs, inputs["statusCode"])


def _located(known: Props, id: str) -> Props:
    return known if known.get("restApi") else located(id)


def _method_request(inputs: Props) -> Props:
    return {
        "authorizationType": inputs["authorization"],
        **present(
            authorizerId=inputs.get("authorizerId"),
            authorizationScopes=inputs.get("authorizationScopes"),
            apiKeyRequired=inputs.get("apiKeyRequired"),
            operationName=inputs.get("operationName"),
            requestModels=inputs.get("requestModels"),
            requestParameters=inputs.get("requestParameters"),
            requestValidatorId=inputs.get("requestValidatorId"),
        ),
    }


def _response_request(inputs: Props) -> Props:
    return present(
        responseModels=inputs.get("responseModels"),
        responseParameters=inputs.get("responseParameters"),
    )
