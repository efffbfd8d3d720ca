"""Between the SDK's words and those of the API: `camelCase` and `PascalCase`, lists and maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localcloud.provider.base.resource import Aws, Props, empty


def pascal(value: Mapping[str, Any] | None) -> Props:
    """Return the members of an object as the API names them."""
    return {name[0].upper() + name[1:]: item for name, item in (value or {}).items()}


def camel(value: Mapping[str, Any] | None) -> Props:
    """Return the members of an object as the SDK names them, without those that say nothing."""
    return {
        name[0].lower() + name[1:]: item for name, item in (value or {}).items() if not empty(item)
    }


def keyed(items: Iterable[Mapping[str, Any]] | None, key: str) -> dict[str, Props]:
    """Turn a list whose items carry their key into a map of the API's objects."""
    return {
        str(item[key]): pascal({name: v for name, v in item.items() if name != key})
        for item in items or ()
    }


def listed(items: Mapping[str, Mapping[str, Any]] | None, key: str) -> list[Props]:
    """Turn a map of the API's objects into a list whose items carry their key."""
    return [{key: name, **camel(item)} for name, item in sorted((items or {}).items())]


def items(aws: Aws, call: str, api: str) -> Iterator[Props]:
    """Yield all that one of an API's lists holds."""
    for page in aws.client("apigatewayv2").get_paginator(call).paginate(ApiId=api):
        yield from page.get("Items", [])
