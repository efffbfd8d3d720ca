"""API Gateway, REST APIs: one module for each part of an API."""

from localcloud.provider.services.apigateway.authorizers import Authorizer
from localcloud.provider.services.apigateway.deployments import Deployment
from localcloud.provider.services.apigateway.domains import BasePathMapping, DomainName
from localcloud.provider.services.apigateway.integrations import Integration, IntegrationResponse
from localcloud.provider.services.apigateway.method_settings import MethodSettings
from localcloud.provider.services.apigateway.methods import Method, MethodResponse
from localcloud.provider.services.apigateway.models import Model, RequestValidator, Response
from localcloud.provider.services.apigateway.resources import Resource
from localcloud.provider.services.apigateway.rest_api import Account, RestApi
from localcloud.provider.services.apigateway.stages import Stage
from localcloud.provider.services.apigateway.usage import ApiKey, UsagePlan, UsagePlanKey

TYPES = [
    Account(),
    ApiKey(),
    Authorizer(),
    BasePathMapping(),
    Deployment(),
    DomainName(),
    Integration(),
    IntegrationResponse(),
    Method(),
    MethodResponse(),
    MethodSettings(),
    Model(),
    RequestValidator(),
    Resource(),
    Response(),
    RestApi(),
    Stage(),
    UsagePlan(),
    UsagePlanKey(),
]
