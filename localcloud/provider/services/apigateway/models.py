"""What an API checks and says by itself: models, request validators, gateway responses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from localcloud.provider.base.resource import AutoName, Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import within


@dataclass(frozen=True, kw_only=True)
class LettersAndDigits(AutoName):
    """Names for models, in which AWS takes nothing but letters and digits."""

    def make(self, logical: str, inputs: Props, seed: bytes) -> str:
        """Make a name as usual and leave out the rest."""
        return "".join(c for c in AutoName.make(self, logical, inputs, seed) if c.isalnum())


class Model(ResourceType):
    """A named JSON schema of a body."""

    token = "aws:apigateway/model:Model"
    service = "apigateway"
    name = LettersAndDigits(max=128, prefix=None)
    props = {
        "restApi": Prop(required=True, replaces=True),
        "name": Prop(replaces=True),
        "contentType": Prop(required=True, replaces=True),
        "description": Prop(),
        "schema": Prop(json=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """AWS takes letters and digits only."""
        name = inputs.get("name")
        if isinstance(name, str) and not re.fullmatch("[A-Za-z0-9]+", name):
            yield "name", "may have letters and digits only"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the model."""
        answer = aws.client("apigateway").create_model(
            restApiId=inputs["restApi"],
            name=inputs["name"],
            contentType=inputs["contentType"],
            **present(description=inputs.get("description"), schema=inputs.get("schema")),
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read by name: that is its key."""
        api, name = within(known, "restApi"), within(known, "name")
        found = aws.client("apigateway").get_model(restApiId=api, modelName=name)
        return {
            "restApi": api,
            **{member: found.get(member) for member in ("name", "contentType", "description")},
            "schema": found.get("schema"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch the schema or the description."""
        paths = {"schema": "/schema", "description": "/description"}
        aws.client("apigateway").update_model(
            restApiId=new["restApi"],
            modelName=new["name"],
            patchOperations=patches.fields(paths, new, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the model."""
        aws.client("apigateway").delete_model(restApiId=known["restApi"], modelName=known["name"])

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """An API has each name once."""
        client = aws.client("apigateway")
        return str(client.get_model(restApiId=inputs["restApi"], modelName=inputs["name"])["id"])


class RequestValidator(ResourceType):
    """Which parts of a request are checked before the backend sees it."""

    token = "aws:apigateway/requestValidator:RequestValidator"
    service = "apigateway"
    name = AutoName(max=128, prefix=None)
    props = {
        "restApi": Prop(required=True, replaces=True),
        "name": Prop(),
        "validateRequestBody": Prop(default=False),
        "validateRequestParameters": Prop(default=False),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the validator."""
        answer = aws.client("apigateway").create_request_validator(
            restApiId=inputs["restApi"],
            name=inputs["name"],
            validateRequestBody=bool(inputs.get("validateRequestBody")),
            validateRequestParameters=bool(inputs.get("validateRequestParameters")),
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the validator."""
        api = within(known, "restApi")
        found = aws.client("apigateway").get_request_validator(restApiId=api, requestValidatorId=id)
        return {
            "restApi": api,
            "name": found.get("name"),
            "validateRequestBody": found.get("validateRequestBody"),
            "validateRequestParameters": found.get("validateRequestParameters"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        flags = {name: bool(new.get(name)) for name in self.props if name.startswith("validate")}
        paths = {name: f"/{name}" for name in ("name", *flags)}
        aws.client("apigateway").update_request_validator(
            restApiId=new["restApi"],
            requestValidatorId=id,
            patchOperations=patches.fields(paths, {**new, **flags}, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the validator."""
        aws.client("apigateway").delete_request_validator(
            restApiId=known["restApi"], requestValidatorId=id
        )

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the name; a generated one is unique."""
        client = aws.client("apigateway")
        return named(client, "get_request_validators", inputs["restApi"], inputs["name"])


class Response(ResourceType):
    """What the gateway itself answers in one kind of failure."""

    token = "aws:apigateway/response:Response"
    service = "apigateway"
    props = {
        "restApiId": Prop(required=True, replaces=True),
        "responseType": Prop(required=True, replaces=True),
        "statusCode": Prop(computed=True),
        "responseParameters": Prop(),
        "responseTemplates": Prop(computed=True),  # AWS fills in its default template
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the response over the default one."""
        aws.client("apigateway").put_gateway_response(
            **_response(inputs),
            **present(
                statusCode=inputs.get("statusCode"),
                responseParameters=inputs.get("responseParameters"),
                responseTemplates=inputs.get("responseTemplates"),
            ),
        )
        return f"aggr-{inputs['restApiId']}-{inputs['responseType']}"

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the response; the default one means that ours is gone."""
        where = known or dict(zip(("", "restApiId", "responseType"), id.split("-"), strict=True))
        found = aws.client("apigateway").get_gateway_response(**_response(where))
        if found.get("defaultResponse"):
            return None
        return {
            "restApiId": where["restApiId"],
            "responseType": where["responseType"],
            "statusCode": found.get("statusCode"),
            "responseParameters": found.get("responseParameters"),
            "responseTemplates": found.get("responseTemplates"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put it anew; that overwrites."""
        self.create(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Go back to the default."""
        aws.client("apigateway").delete_gateway_response(**_response(known))

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """An API has one response of each type."""
        return f"aggr-{inputs['restApiId']}-{inputs['responseType']}"


def named(client: Any, call: str, api: str, name: str) -> str | None:
    """Return the id of the one of an API's things that has this name."""
    arguments = {"restApiId": api, "limit": 500}
    while True:
        page = getattr(client, call)(**arguments)
        for item in page.get("items", []):
            if item.get("name") == name:
                return str(item["id"])
        if not page.get("position"):
            return None
        arguments["position"] = page["position"]


def _response(inputs: Props) -> dict[str, str]:
    return {"restApiId": inputs["restApiId"], "responseType": inputs["responseType"]}
