"""Every resource type and lookup of the provider, found through the list of services below."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from localcloud.provider.base.aws import Aws
from localcloud.provider.base.resource import ResourceType

Lookup = Callable[[Aws, dict[str, Any]], dict[str, Any]]

# Modules under services/. Each has TYPES (a list of ResourceType) and may have
# INVOKES (token -> function of Aws and the arguments).
SERVICES = (
    "identity",
    "acm",
    "apigateway",
    "apigatewayv2",
    "autoscaling",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "iam",
    "kms",
    "lambda_",
    "logs",
    "route53",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "xray",
)


def _collect(attribute: str) -> list[Any]:
    modules = [import_module(f"localcloud.provider.services.{name}") for name in SERVICES]
    return [getattr(module, attribute) for module in modules if hasattr(module, attribute)]


@cache
def types() -> dict[str, ResourceType]:
    """All resource types by token."""
    return {kind.token: kind for kinds in _collect("TYPES") for kind in kinds}


@cache
def lookups() -> dict[str, Lookup]:
    """All invokes by token."""
    return {token: lookup for table in _collect("INVOKES") for token, lookup in table.items()}
