"""Throttling, logs, metrics and cache of a stage's methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType
from localcloud.provider.services.apigateway import patches

# Setting -> (patch path below the method, what AWS has when nobody says otherwise).
_SETTINGS: dict[str, tuple[str, Any]] = {
    "metricsEnabled": ("metrics/enabled", False),
    "loggingLevel": ("logging/loglevel", "OFF"),
    "dataTraceEnabled": ("logging/dataTrace", False),
    "throttlingBurstLimit": ("throttling/burstLimit", 5000),
    "throttlingRateLimit": ("throttling/rateLimit", 10000),
    "cachingEnabled": ("caching/enabled", False),
    "cacheTtlInSeconds": ("caching/ttlInSeconds", 300),
    "cacheDataEncrypted": ("caching/dataEncrypted", False),
    "requireAuthorizationForCacheControl": ("caching/requireAuthorizationForCacheControl", True),
    "unauthorizedCacheControlHeaderStrategy": (
        "caching/unauthorizedCacheControlHeaderStrategy",
        "SUCCEED_WITH_RESPONSE_HEADER",
    ),
}


class MethodSettings(ResourceType):
    """Throttling, logs, metrics and cache of one method of a stage, or of all (`*/*`)."""

    token = "aws:apigateway/methodSettings:MethodSettings"
    service = "apigateway"
    props = {
        "restApi": Prop(required=True, replaces=True),
        "stageName": Prop(required=True, replaces=True),
        "methodPath": Prop(required=True, replaces=True),
        "settings": Prop(
            required=True,
            fields={name: Prop(default=usual) for name, (_, usual) in _SETTINGS.items()},
        ),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A method path ends with the verb."""
        path = inputs.get("methodPath")
        if isinstance(path, str) and "/" not in path:
            yield "methodPath", "must be <resource path>/<verb>, or */*"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Write the settings that are given; a stage has them all once it has one."""
        self._write(aws, inputs, {}, inputs["settings"])
        return self.id_of(aws, inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the settings of this path from the stage."""
        where = known or _method_path(id)
        stage = aws.client("apigateway").get_stage(
            restApiId=where["restApi"], stageName=where["stageName"]
        )
        settings = (stage.get("methodSettings") or {}).get(_path(where))
        if settings is None:
            return None
        return {
            **{name: where[name] for name in ("restApi", "stageName", "methodPath")},
            "settings": {name: patches.number(settings.get(name)) for name in _SETTINGS},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Write what changed; what is no longer given goes back to the usual."""
        self._write(aws, new, old.get("settings") or {}, new["settings"])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Forget the settings of this path."""
        _update(aws, known, [patches.remove(_pointer(known))])

    def id_of(self, aws: Aws, inputs: Props) -> str:
        """A stage has the settings of a path once."""
        return f"{inputs['restApi']}-{inputs['stageName']}-{inputs['methodPath']}"

    def _write(self, aws: Aws, where: Props, old: Props, new: Props) -> None:
        operations = [
            patches.replace(f"{_pointer(where)}/{path}", new.get(name, usual))
            for name, (path, usual) in _SETTINGS.items()
            if name in new or name in old
        ]
        _update(aws, where, operations)


def _update(aws: Aws, where: Props, operations: list[patches.Operation]) -> None:
    aws.client("apigateway").update_stage(
        restApiId=where["restApi"], stageName=where["stageName"], patchOperations=operations
    )


def _path(where: Props) -> str:
    """Return the key under which a stage files the settings of a method."""
    return str(where["methodPath"]).replace("~1", "/").lstrip("/")


def _pointer(where: Props) -> str:
    resource, _, verb = _path(where).rpartition("/")
    return patches.pointer(resource, verb)


def _method_path(id: str) -> Props:
    api, stage, path = id.split("-", 2)
    return {"restApi": api, "stageName": stage, "methodPath": path}
