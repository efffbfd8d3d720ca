"""What stands behind a method, and how its answers become the method's responses."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway.keys import (
    KEY,
    key,
    located,
    method,
    response,
    restore_responses,
)

_INTEGRATION = {  # input -> argument of PutIntegration
    "type": "type",
    "uri": "uri",
    "integrationHttpMethod": "integrationHttpMethod",
    "connectionType": "connectionType",
    "connectionId": "connectionId",
    "credentials": "credentials",
    "requestParameters": "requestParameters",
    "requestTemplates": "requestTemplates",
    "passthroughBehavior": "passthroughBehavior",
    "cacheNamespace": "cacheNamespace",
    "cacheKeyParameters": "cacheKeyParameters",
    "contentHandling": "contentHandling",
    "timeoutMilliseconds": "timeoutInMillis",
}
_RESPONSE = ("selectionPattern", "responseParameters", "responseTemplates", "contentHandling")


class Integration(ResourceType):
    """The backend of a method: a function, another service, or a mock."""

    token = "aws:apigateway/integration:Integration"
    service = "apigateway"
    delete_before_replace = True  # most replacements keep the key, which can be taken only once
    retry_codes = {"ConflictException": ""}  # calls on one method collide at the same time
    props = KEY | {
        "type": Prop(required=True, replaces=True),
        "uri": Prop(),
        # A MOCK has no verb of its own; the emulator says POST all the same.
        "integrationHttpMethod": Prop(computed=True, replaces=True),
        "connectionType": Prop(default="INTERNET"),
        "connectionId": Prop(write_only=True),  # the emulator drops it
        "credentials": Prop(replaces=True),
        "requestParameters": Prop(),
        "requestTemplates": Prop(),
        "passthroughBehavior": Prop(computed=True, replaces=True),
        "cacheNamespace": Prop(computed=True),
        "cacheKeyParameters": Prop(unordered=True),
        "contentHandling": Prop(),
        "timeoutMilliseconds": Prop(default=29000),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the integration."""
        arguments = {name: inputs.get(given) for given, name in _INTEGRATION.items()}
        aws.client("apigateway").put_integration(**method(inputs), **present(**arguments))
        return key("agi", inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the integration without its responses."""
        where = known if known.get("restApi") else located(id)
        found = aws.client("apigateway").get_integration(**method(where))
        found["integrationHttpMethod"] = found.get("httpMethod")
        return {
            **{name: where[name] for name in KEY},
            **{given: found.get(name) for given, name in _INTEGRATION.items()},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put it anew, and its responses, which that removes.

        A patch would do on AWS; the emulator would file templates under a wrong media type.
        """
        client = aws.client("apigateway")
        before: Any = client.get_integration(**method(new))
        self.create(aws, new)
        restore_responses(client, method(new), before)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the integration and its responses."""
        aws.client("apigateway").delete_integration(**method(known))

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """A method has one integration."""
        return key("agi", inputs)


class IntegrationResponse(ResourceType):
    """How an answer of the backend becomes a declared response of the method."""

    token = "aws:apigateway/integrationResponse:IntegrationResponse"
    service = "apigateway"
    retry_codes = {"ConflictException": ""}
    props = KEY | {
        "statusCode": Prop(required=True, replaces=True),
        "selectionPattern": Prop(),
        "responseParameters": Prop(),
        "responseTemplates": Prop(),
        "contentHandling": Prop(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the mapping."""
        aws.client("apigateway").put_integration_response(
            **response(inputs), **present(**{name: inputs.get(name) for name in _RESPONSE})
        )
        return key("agir", inputs, inputs["statusCode"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the mapping."""
        where = known if known.get("restApi") else located(id)
        found = aws.client("apigateway").get_integration_response(**response(where))
        return {
            **{name: where[name] for name in (*KEY, "statusCode")},
            **{name: found.get(name) for name in _RESPONSE},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put it anew; that overwrites."""
        self.create(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the mapping."""
        aws.client("apigateway").delete_integration_response(**response(known))

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """Mappings are unique by method and status code."""
        return key("agir", inputs, inputs["statusCode"])
