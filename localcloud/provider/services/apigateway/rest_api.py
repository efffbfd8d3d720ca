"""REST APIs and the account-wide settings."""

from __future__ import annotations

import json
from typing import Any

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    TOKEN_TAG,
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    json_text,
    present,
    sent,
)
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import REST_TAGS, arn, execution_arn

_PATHS = {
    "name": "/name",
    "description": "/description",
    "policy": "/policy",
    "apiKeySource": "/apiKeySource",
    "minimumCompressionSize": "/minimumCompressionSize",
    "disableExecuteApiEndpoint": "/disableExecuteApiEndpoint",
}


class RestApi(ResourceType):
    """A REST API with its root resource.

    An OpenAPI `body` is refused: the emulator has no PutRestApi.
    """

    token = "aws:apigateway/restApi:RestApi"
    service = "apigateway"
    name = AutoName(max=1024, prefix=None)
    creation_token = True
    tags = REST_TAGS
    props = {
        "name": Prop(),
        "description": Prop(),
        "policy": Prop(json=True),
        "apiKeySource": Prop(default="HEADER"),
        "minimumCompressionSize": Prop(),
        "disableExecuteApiEndpoint": Prop(default=False),
        # AWS could change these two in place; the emulator's patches destroy lists.
        "binaryMediaTypes": Prop(unordered=True, replaces=True),
        "endpointConfiguration": Prop(
            computed=True,
            replaces=True,
            fields={
                "types": Prop(),
                "ipAddressType": Prop(computed=True),
                "vpcEndpointIds": Prop(unordered=True),
            },
        ),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the API; everything goes in one call."""
        size = inputs.get("minimumCompressionSize")
        answer = aws.client("apigateway").create_rest_api(
            name=inputs["name"],
            tags=sent(inputs),
            **present(
                description=inputs.get("description"),
                policy=json_text(inputs["policy"]) if inputs.get("policy") else None,
                apiKeySource=inputs.get("apiKeySource"),
                minimumCompressionSize=None if size in (None, "") else int(size),
                disableExecuteApiEndpoint=inputs.get("disableExecuteApiEndpoint"),
                binaryMediaTypes=inputs.get("binaryMediaTypes"),
                endpointConfiguration=_endpoint_request(inputs.get("endpointConfiguration")),
            ),
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Everything is in one answer, but for the ARNs, which follow from the id."""
        api = aws.client("apigateway").get_rest_api(restApiId=id)
        return {
            "name": api["name"],
            "description": api.get("description"),
            "policy": _unescaped(api.get("policy")),
            "apiKeySource": api.get("apiKeySource"),
            "minimumCompressionSize": _size(api.get("minimumCompressionSize")),
            "disableExecuteApiEndpoint": patches.flag(api.get("disableExecuteApiEndpoint")),
            "binaryMediaTypes": api.get("binaryMediaTypes"),
            "endpointConfiguration": _endpoint(api.get("endpointConfiguration") or {}),
            "arn": arn(aws, "restapis", id),
            "executionArn": execution_arn(aws, id),
            "rootResourceId": api.get("rootResourceId"),
            "createdDate": api["createdDate"].isoformat(),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        wanted = {**new, "policy": json_text(new["policy"]) if new.get("policy") else ""}
        wanted.setdefault("apiKeySource", "HEADER")
        wanted.setdefault("disableExecuteApiEndpoint", False)
        operations = patches.fields(_PATHS, wanted, changed)
        if operations:
            aws.client("apigateway").update_rest_api(restApiId=id, patchOperations=operations)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the API and all that is in it."""
        aws.client("apigateway").delete_rest_api(restApiId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the creation token."""
        return tagged(aws.client("apigateway"), "get_rest_apis", inputs)


class Account(ResourceType):
    """The role by which API Gateway writes logs, one for the whole account and region."""

    token = "aws:apigateway/account:Account"
    service = "apigateway"
    # The API answers for the account even when nobody set anything: "gone" means "no role".
    props = {"cloudwatchRoleArn": Prop(required=True)}
    retry_codes = {"BadRequestException": "role ARN"}  # a new role is not known everywhere at once

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set the role."""
        _set_role(aws, inputs["cloudwatchRoleArn"])
        return "api-gateway-account"

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the settings of the account."""
        account = aws.client("apigateway").get_account()
        if not account.get("cloudwatchRoleArn"):
            return None
        limits = account.get("throttleSettings") or {}
        return {
            "cloudwatchRoleArn": account["cloudwatchRoleArn"],
            "apiKeyVersion": account.get("apiKeyVersion"),
            "features": account.get("features") or [],
            "throttleSettings": [
                {"burstLimit": limits.get("burstLimit"), "rateLimit": limits.get("rateLimit")}
            ],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Set another role."""
        _set_role(aws, new["cloudwatchRoleArn"])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the role away."""
        _set_role(aws, "")

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """The account is there; it is ours when it has our role."""
        found = self.read(aws, "", inputs) or {}
        same = found.get("cloudwatchRoleArn") == inputs["cloudwatchRoleArn"]
        return "api-gateway-account" if same else None


def tagged(client: Any, call: str, inputs: Props) -> str | None:
    """Return the id of the listed thing that carries the creation token of these inputs."""
    token = inputs.get(TOKEN_INPUT)
    for page in client.get_paginator(call).paginate():
        for item in page.get("items", []):
            if token and (item.get("tags") or {}).get(TOKEN_TAG) == token:
                return str(item["id"])
    return None


def _set_role(aws: Aws, role: str) -> None:
    operation = patches.replace("/cloudwatchRoleArn", role)
    aws.client("apigateway").update_account(patchOperations=[operation])


def _endpoint_request(value: Any) -> Props | None:
    if not value:
        return None
    kinds = value.get("types")
    return present(
        types=[kinds] if isinstance(kinds, str) else kinds,  # the SDK has one, the API a list
        ipAddressType=value.get("ipAddressType"),
        vpcEndpointIds=value.get("vpcEndpointIds"),
    )


def _endpoint(value: Props) -> Props:
    kinds = value.get("types") or [None]
    return present(
        types=kinds[0],
        ipAddressType=value.get("ipAddressType"),
        vpcEndpointIds=value.get("vpcEndpointIds"),
    )


def _unescaped(policy: str | None) -> str | None:
    """AWS answers the policy as the inside of a JSON string."""
    return json.loads(f'"{policy}"') if policy else None


def _size(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
