"""What belongs to a method: its arguments and ids, and putting it all back."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import Prop, Props, present

# Which method: part of the key of everything below one.
KEY = {
    "restApi": Prop(required=True, replaces=True),
    "resourceId": Prop(required=True, replaces=True),
    "httpMethod": Prop(required=True, replaces=True),
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
