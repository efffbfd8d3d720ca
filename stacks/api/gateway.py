"""The REST API, its resources, and what it checks requests with."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from shared.api import routes, schemas
from shared.settings.api import Api

Parts = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A REST API without methods yet."""

    api: aws.apigateway.RestApi
    resource_ids: dict[Parts, Output[str]]
    """Id of the resource of each path, by its parts; () is the root."""
    models: dict[str, aws.apigateway.Model]
    """Model of each request body, by schema name."""
    validator: aws.apigateway.RequestValidator


def gateway(settings: Api) -> Gateway:
    """The API with a resource for each path of the route table and a model for each body."""
    api = aws.apigateway.RestApi(
        "rest",
        description="The REST edge of the system.",
        endpoint_configuration={"types": "REGIONAL"},
        disable_execute_api_endpoint=None if settings.default_endpoint_enabled else True,
    )
    validator = aws.apigateway.RequestValidator(
        "body-and-parameters",
        rest_api=api.id,
        name="body-and-parameters",
        validate_request_body=True,
        validate_request_parameters=True,
        opts=ResourceOptions(parent=api),
    )
    models = {name: _model(name, api) for name in routes.bodies()}
    return Gateway(api=api, resource_ids=_resources(api), models=models, validator=validator)


def _resources(api: aws.apigateway.RestApi) -> dict[Parts, Output[str]]:
    ids: dict[Parts, Output[str]] = {(): api.root_resource_id}
    for parts in routes.paths():
        resource = aws.apigateway.Resource(
            resource_name(parts),
            rest_api=api.id,
            parent_id=ids[parts[:-1]],
            path_part=parts[-1],
            opts=ResourceOptions(parent=api),
        )
        ids[parts] = resource.id
    return ids


def _model(name: str, api: aws.apigateway.RestApi) -> aws.apigateway.Model:
    schema = schemas.schema(name)
    return aws.apigateway.Model(
        name.lower(),
        rest_api=api.id,
        name=name,
        description=schema.get("description"),
        content_type="application/json",
        schema=json.dumps(schema, sort_keys=True),
        opts=ResourceOptions(parent=api),
    )


def resource_name(parts: Parts) -> str:
    """Logical name of a path's resource: `records-symbol`."""
    return "-".join(part.strip("{}") for part in parts)
