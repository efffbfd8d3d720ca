"""Deployments, the stages that serve them, and the settings of a stage's methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.resource import Aws, Prop, Props, ResourceType, present, sent
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.places import (
    REST_TAGS,
    arn,
    execution_arn,
    invoke_url,
    within,
)

_STAGE_PATHS = {
    "deployment": "/deploymentId",
    "description": "/description",
    "documentationVersion": "/documentationVersion",
    "clientCertificateId": "/clientCertificateId",
    "xrayTracingEnabled": "/tracingEnabled",
    "cacheClusterEnabled": "/cacheClusterEnabled",
    "cacheClusterSize": "/cacheClusterSize",
}

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


class Deployment(ResourceType):
    """A snapshot of the API that a stage can serve; `triggers` make a new one."""

    token = "aws:apigateway/deployment:Deployment"
    service = "apigateway"
    props = {
        "restApi": Prop(required=True, replaces=True),
        "description": Prop(),
        "triggers": Prop(local=True, replaces=True),
        "variables": Prop(write_only=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Take the snapshot."""
        answer = aws.client("apigateway").create_deployment(
            restApiId=inputs["restApi"],
            **present(description=inputs.get("description"), variables=inputs.get("variables")),
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the little that AWS says about a deployment."""
        api = within(known, "restApi")
        found = aws.client("apigateway").get_deployment(restApiId=api, deploymentId=id)
        return {
            "restApi": api,
            "description": found.get("description"),
            "createdDate": found["createdDate"].isoformat(),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Only the description can change."""
        aws.client("apigateway").update_deployment(
            restApiId=new["restApi"],
            deploymentId=id,
            patchOperations=patches.fields({"description": "/description"}, new, changed),
        )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the snapshot; AWS refuses while a stage serves it."""
        aws.client("apigateway").delete_deployment(restApiId=known["restApi"], deploymentId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """A deployment has no name and no tags: take the newest one that no stage serves yet.

        A stage is made, or moved, only after its deployment: an interrupted create is unserved.
        """
        client = aws.client("apigateway")
        api = inputs["restApi"]
        stages = client.get_stages(restApiId=api).get("item", [])
        served = {stage.get("deploymentId") for stage in stages}
        found = [
            item
            for page in client.get_paginator("get_deployments").paginate(restApiId=api)
            for item in page.get("items", [])
            if item["id"] not in served
            and (item.get("description") or "") == (inputs.get("description") or "")
        ]
        newest = max(found, key=lambda item: item["createdDate"], default=None)
        return None if newest is None else str(newest["id"])


class Stage(ResourceType):
    """A served deployment, with variables and access logs. Canaries are not implemented."""

    token = "aws:apigateway/stage:Stage"
    service = "apigateway"
    tags = REST_TAGS
    props = {
        "restApi": Prop(required=True, replaces=True),
        "stageName": Prop(required=True, replaces=True),
        "deployment": Prop(required=True),
        "description": Prop(),
        "documentationVersion": Prop(),
        "clientCertificateId": Prop(),
        "variables": Prop(),
        "xrayTracingEnabled": Prop(default=False),
        "cacheClusterEnabled": Prop(default=False),
        "cacheClusterSize": Prop(),
        "accessLogSettings": Prop(
            fields={"destinationArn": Prop(normalize=lambda arn: arn.removesuffix(":*"))}
        ),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the stage with all that its create call takes."""
        aws.client("apigateway").create_stage(
            restApiId=inputs["restApi"],
            stageName=inputs["stageName"],
            deploymentId=inputs["deployment"],
            **present(
                description=inputs.get("description"),
                documentationVersion=inputs.get("documentationVersion"),
                variables=inputs.get("variables"),
                tracingEnabled=inputs.get("xrayTracingEnabled"),
                cacheClusterEnabled=inputs.get("cacheClusterEnabled"),
                cacheClusterSize=inputs.get("cacheClusterSize"),
                tags=sent(inputs),
            ),
        )
        return f"ags-{inputs['restApi']}-{inputs['stageName']}"

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Set what only an update takes."""
        later = frozenset({"accessLogSettings", "clientCertificateId"} & inputs.keys())
        self.update(aws, id, {}, inputs, later)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the stage without its method settings."""
        api, name = _stage(known, id)
        client = aws.client("apigateway")
        found = client.get_stage(restApiId=api, stageName=name)
        logs = found.get("accessLogSettings") or {}
        return {
            "restApi": api,
            "stageName": name,
            "deployment": found.get("deploymentId"),
            "xrayTracingEnabled": patches.flag(found.get("tracingEnabled")),
            "cacheClusterEnabled": patches.flag(found.get("cacheClusterEnabled")),
            **{member: found.get(member) for member in _SAME_NAME},
            "accessLogSettings": present(
                destinationArn=logs.get("destinationArn"), format=logs.get("format")
            ),
            "arn": arn(aws, "restapis", api, "stages", name),
            "executionArn": execution_arn(aws, api, name),
            "invokeUrl": invoke_url(aws, client, api, name),
            "webAclArn": found.get("webAclArn", ""),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        flags = {
            name: bool(new.get(name)) for name in ("xrayTracingEnabled", "cacheClusterEnabled")
        }
        operations = patches.fields(_STAGE_PATHS, {**new, **flags}, changed)
        if "variables" in changed:
            operations += patches.members("/variables", old.get("variables"), new.get("variables"))
        if "accessLogSettings" in changed:
            operations += _access_logs(new.get("accessLogSettings"))
        if operations:
            api, name = _stage(new, id)
            aws.client("apigateway").update_stage(
                restApiId=api, stageName=name, patchOperations=operations
            )

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Stop serving."""
        api, name = _stage(known, id)
        aws.client("apigateway").delete_stage(restApiId=api, stageName=name)

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """An API has each stage name once."""
        return f"ags-{inputs['restApi']}-{inputs['stageName']}"


_SAME_NAME = (
    "description",
    "documentationVersion",
    "clientCertificateId",
    "variables",
    "cacheClusterSize",
)


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


def _stage(known: Props, id: str) -> tuple[str, str]:
    if known.get("restApi"):
        return known["restApi"], known["stageName"]
    _, api, name = id.split("-", 2)
    return api, name


def _access_logs(value: Any) -> list[patches.Operation]:
    if not value:
        return [patches.remove("/accessLogSettings")]
    target = str(value["destinationArn"]).removesuffix(":*")
    return [
        patches.replace("/accessLogSettings/destinationArn", target),
        patches.replace("/accessLogSettings/format", value["format"]),
    ]
