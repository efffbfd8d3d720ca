"""Paths of a REST API, their methods, and the responses that methods declare."""

from __future__ import annotations

from typing import Any

from localcloud.provider.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.places import within

# Which method: part of the key of everything below one.
KEY = {
    "restApi": Prop(required=True, replaces=True),
    "resourceId": Prop(required=True, replaces=True),
    "httpMethod": Prop(required=True, replaces=True),
}

_PATCHED = {
    "authorization": "/authorizationType",
    "authorizerId": "/authorizerId",
    "requestValidatorId": "/requestValidatorId",
    "operationName": "/operationName",
}


_INTEGRATION = (
    "type",
    "uri",
    "connectionType",
    "connectionId",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "passthroughBehavior",
    "cacheNamespace",
    "cacheKeyParameters",
    "contentHandling",
    "timeoutInMillis",
    "tlsConfig",
)


class Resource(ResourceType):
    """One segment of a path."""

    token = "aws:apigateway/resource:Resource"
    service = "apigateway"
    props = {
        "restApi": Prop(required=True, replaces=True),
        "parentId": Prop(required=True),
        "pathPart": Prop(required=True),
    }
    volatile = frozenset({"path"})

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the segment below its parent."""
        answer = aws.client("apigateway").create_resource(
            restApiId=inputs["restApi"], parentId=inputs["parentId"], pathPart=inputs["pathPart"]
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the segment and its whole path."""
        api = within(known, "restApi")
        found = aws.client("apigateway").get_resource(restApiId=api, resourceId=id)
        return {
            "restApi": api,
            "parentId": found.get("parentId"),
            "pathPart": found.get("pathPart"),
            "path": found.get("path"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Rename or move the segment."""
        paths = {"parentId": "/parentId", "pathPart": "/pathPart"}
        aws.client("apigateway").update_resource(
            restApiId=new["restApi"],
            resourceId=id,
            patchOperations=patches.fields(paths, new, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the segment and all below it."""
        aws.client("apigateway").delete_resource(restApiId=known["restApi"], resourceId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """A parent has each segment only once."""
        pages = aws.client("apigateway").get_paginator("get_resources")
        wanted = (inputs["parentId"], inputs["pathPart"])
        for page in pages.paginate(restApiId=inputs["restApi"], limit=500):
            for item in page.get("items", []):
                if (item.get("parentId"), item.get("pathPart")) == wanted:
                    return str(item["id"])
        return None


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


def key(lead: str, inputs: Props, *more: str) -> str:
    """Return the id of something that belongs to a method."""
    return "-".join((lead, inputs["restApi"], inputs["resourceId"], inputs["httpMethod"], *more))


def method(inputs: Props) -> dict[str, str]:
    """Return the arguments that say which method."""
    return {
        "restApiId": inputs["restApi"],
        "resourceId": inputs["resourceId"],
        "httpMethod": inputs["httpMethod"],
    }


def response(inputs: Props) -> dict[str, str]:
    """Return the arguments that say which response of which method."""
    return {**method(inputs), "statusCode": inputs["statusCode"]}


def _located(known: Props, id: str) -> Props:
    return known if known.get("restApi") else located(id)


def located(id: str) -> Props:
    """Take an id apart, for an import: `agm-<api>-<resource>-<verb>[-<status>]`."""
    _, api, resource, verb, *status = id.split("-")
    place: Props = {"restApi": api, "resourceId": resource, "httpMethod": verb}
    return {**place, "statusCode": status[0]} if status else place


def integration_request(found: Props) -> Props:
    """Return the arguments that make an integration that was read, again."""
    made = present(**{name: found.get(name) for name in _INTEGRATION})
    return made | present(integrationHttpMethod=found.get("httpMethod"))


def restore(client: Any, where: dict[str, str], before: Props) -> None:
    """Put back what was below a method that had to be made anew."""
    for status, declared in (before.get("methodResponses") or {}).items():
        client.put_method_response(
            **where,
            statusCode=status,
            **present(
                responseModels=declared.get("responseModels"),
                responseParameters=declared.get("responseParameters"),
            ),
        )
    integration = before.get("methodIntegration")
    if integration:
        client.put_integration(**where, **integration_request(integration))
        restore_responses(client, where, integration)


def restore_responses(client: Any, where: dict[str, str], integration: Props) -> None:
    """Put back the responses of an integration that was put anew."""
    names = ("selectionPattern", "responseParameters", "responseTemplates", "contentHandling")
    for status, mapped in (integration.get("integrationResponses") or {}).items():
        client.put_integration_response(
            **where, statusCode=status, **present(**{name: mapped.get(name) for name in names})
        )


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
