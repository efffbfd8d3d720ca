"""What stands behind the routes of an HTTP API."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import TOKEN_INPUT, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway.addresses import within
from localcloud.provider.services.apigatewayv2.spelling import camel, items, pascal

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


def _mappings(value: Any) -> dict[str, dict[str, str]]:
    return {str(item["statusCode"]): dict(item["mappings"]) for item in value or ()}


def _mark(inputs: Props) -> str:
    return f"[{inputs.get(TOKEN_INPUT, '')}]"


def _described(inputs: Props) -> str:
    return f"{inputs.get('description') or ''} {_mark(inputs)}".strip()


def _without_token(description: str, known: Props) -> str:
    return description.removesuffix(_mark(known)).rstrip()
