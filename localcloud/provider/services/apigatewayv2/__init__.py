"""API Gateway, HTTP APIs: one module for each part of an API."""

from localcloud.provider.services.apigatewayv2.apis import Api
from localcloud.provider.services.apigatewayv2.authorizers import Authorizer
from localcloud.provider.services.apigatewayv2.domains import ApiMapping, DomainName
from localcloud.provider.services.apigatewayv2.integrations import Integration
from localcloud.provider.services.apigatewayv2.routes import Route
from localcloud.provider.services.apigatewayv2.stages import Deployment, Stage

TYPES = [
    Api(),
    ApiMapping(),
    Authorizer(),
    Deployment(),
    DomainName(),
    Integration(),
    Route(),
    Stage(),
]
