"""Pulumi's provider protocol over the resource types; no AWS knowledge here, only the protocol.

It serves any number of threads, in process (an engine calls the methods itself) or over gRPC.
Of the gRPC context it uses `abort` and `abort_with_status` only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from localcloud.provider import configuration, registry
from localcloud.provider.base import operations
from localcloud.provider.base.aws import (
    Aws,
    ClientPool,
    Connections,
    Settings,
    process_environment,
)
from localcloud.provider.base.difference import Difference, diff
from localcloud.provider.base.errors import ConfigRefused, ProviderError, not_implemented
from localcloud.provider.base.inputs import all_props, check
from localcloud.provider.base.resource import ResourceType
from localcloud.provider.base.values import Props, from_struct, has_unknown, to_struct
from localcloud.provider.responses import grpc_errors, with_secrets

VERSION = "7.51.1"  # of the AWS provider whose types and property names these are

_Diff = provider_pb2.DiffResponse


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The `aws` provider.

    `environment` holds AWS_ENDPOINT_URL, credentials and region; without it the process's own
    environment and boto3's usual chain decide. Providers of one process may share a `pool`.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, pool: ClientPool | None = None
    ) -> None:
        self._pool = pool
        self._explicit = environment is not None
        self._environment = process_environment() if environment is None else environment
        self._connections: Connections | None = None

    # The provider itself

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Answer which of the protocol's newer features are taken: none."""
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Give the version of the types."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Give an empty schema: deployments need none."""
        return provider_pb2.GetSchemaResponse(
            schema=json.dumps({"name": "aws", "version": VERSION})
        )

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Accept an engine that attaches to a running provider."""
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Stop whatever waits."""
        if self._connections:
            self._connections.cancelled.set()
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Refuse provider settings that would be ignored."""
        failures = configuration.refusals(from_struct(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Compare provider settings: another region is another provider."""
        olds = from_struct(request.old_inputs) or from_struct(request.olds)
        news = from_struct(request.news)
        changed = sorted(k for k in {**olds, **news} if olds.get(k) != news.get(k))
        changed = [key for key in changed if key in configuration.HONOURED]
        replaces = [key for key in changed if key == "region" and olds.get(key)]
        return _diff_response(Difference(tuple(changed), tuple(replaces)), olds, news)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Take the settings; nothing is called yet."""
        config = from_struct(request.args) or configuration.from_variables(request.variables)
        with grpc_errors(context, grpc.StatusCode.INVALID_ARGUMENT, "configuring the aws provider"):
            settings = configuration.settings(config, self._environment, explicit=self._explicit)
        self._connections = Connections(settings, self._pool)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    # Resources

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Complete and check a resource's inputs."""
        kind = self._kind(request, context)
        inputs, failures = check(
            kind,
            _logical(request.urn),
            from_struct(request.news),
            from_struct(request.olds),
            seed=request.randomSeed,
            default_tags=self._settings.default_tags,
        )
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=_failures(failures))

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Compare the inputs in force with the wanted ones."""
        kind = self._kind(request, context)
        olds = _in_force(kind, request.old_inputs, request.olds)
        news = from_struct(request.news)
        return _diff_response(diff(kind, olds, news), olds, news)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Make a resource."""
        kind, inputs = self._kind(request, context), from_struct(request.properties)
        if request.preview:
            expected = operations.created_preview(kind, inputs)
            return provider_pb2.CreateResponse(properties=_outputs(kind, expected))
        aws = self._aws(inputs, request.timeout)
        with grpc_errors(context, grpc.StatusCode.UNKNOWN, f"creating {_what(request)}", kind):
            id, outputs = operations.create(kind, aws, inputs)
        return provider_pb2.CreateResponse(id=id, properties=_outputs(kind, outputs))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Read a resource by id, or find by its inputs what an interrupted create has made."""
        kind = self._kind(request, context)
        state, inputs = from_struct(request.properties), from_struct(request.inputs)
        aws = self._aws({**state, **inputs}, 0)
        with grpc_errors(context, grpc.StatusCode.UNKNOWN, f"reading {_what(request)}", kind):
            found = operations.read(
                kind, aws, request.id, state, inputs, default_tags=self._settings.default_tags
            )
        if found is None:
            return provider_pb2.ReadResponse()
        id, outputs, described = found
        if not inputs:  # imported: no engine knows yet which inputs are secret
            described = with_secrets(kind, described)
        return provider_pb2.ReadResponse(
            id=id, properties=_outputs(kind, outputs), inputs=to_struct(described)
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Change a resource in place."""
        kind = self._kind(request, context)
        state, news = from_struct(request.olds), from_struct(request.news)
        olds = _in_force(kind, request.old_inputs, request.olds)
        if request.preview:
            outputs = operations.updated_preview(kind, state, olds, news)
            return provider_pb2.UpdateResponse(properties=_outputs(kind, outputs))
        aws = self._aws({**state, **news}, request.timeout)
        with grpc_errors(context, grpc.StatusCode.UNKNOWN, f"updating {_what(request)}", kind):
            outputs = operations.update(kind, aws, request.id, state, olds, news)
        return provider_pb2.UpdateResponse(properties=_outputs(kind, outputs))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Remove a resource."""
        kind = self._kind(request, context)
        known = {**from_struct(request.properties), **from_struct(request.old_inputs)}
        aws = self._aws(known, request.timeout)
        with grpc_errors(context, grpc.StatusCode.UNKNOWN, f"deleting {_what(request)}", kind):
            operations.delete(kind, aws, request.id, known)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Look something up."""
        lookup = registry.lookups().get(request.tok)
        args = from_struct(request.args)
        with grpc_errors(context, grpc.StatusCode.UNKNOWN, f"looking up {request.tok}"):
            if lookup is None:
                raise ProviderError(not_implemented("it"))
            if has_unknown(args):
                raise ProviderError("its arguments are not known yet")
            answer = lookup(self._aws({}, 0), args)
        return _invoke_response(answer)

    # What the calls above share

    @property
    def _settings(self) -> Settings:
        return self._configured.settings

    @property
    def _configured(self) -> Connections:
        if self._connections is None:
            raise ConfigRefused("the aws provider was used before it was configured")
        return self._connections

    def _aws(self, values: Props, timeout: float) -> Aws:
        region = values.get("region")
        base = Aws(self._configured, self._settings.region)
        return base.at(region if isinstance(region, str) else None, timeout)

    def _kind(self, request: Any, context: Any) -> ResourceType:
        token = request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]
        kind = registry.types().get(token)
        if kind is None:
            reason = not_implemented(token)
            context.abort(grpc.StatusCode.UNIMPLEMENTED, reason)
            raise ProviderError(reason)  # a context whose abort returns must not get further
        return kind


def _logical(urn: str) -> str:
    return urn.split("::", 3)[-1]


def _what(request: Any) -> str:
    token = request.urn.split("::")[2].rsplit("$", 1)[-1] if request.urn else request.type
    return f"{token} {_logical(request.urn)!r}"


def _in_force(kind: ResourceType, inputs: struct_pb2.Struct, state: struct_pb2.Struct) -> Props:
    """Give the inputs in force: as recorded, else as the outputs have them.

    What AWS filled in is in force too: naming it in the program changes nothing.
    """
    props, recorded = all_props(kind), from_struct(inputs)
    outputs = {name: value for name, value in from_struct(state).items() if name in props}
    if not recorded:
        return outputs
    return {name: value for name, value in outputs.items() if props[name].computed} | recorded


def _invoke_response(answer: Props) -> provider_pb2.InvokeResponse:
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(to_struct(answer))  # the field's name is a keyword
    return response


def _failures(found: list[tuple[str, str]]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in found]


def _diff_response(found: Difference, olds: Props, news: Props) -> Any:
    response = _Diff(
        changes=_Diff.DIFF_SOME if found.changed else _Diff.DIFF_NONE,
        diffs=found.changed,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_before_replace,
        hasDetailedDiff=True,
    )
    for name in found.changed:
        kind = "ADD" if name not in olds else "UPDATE" if name in news else "DELETE"
        kind += "_REPLACE" if name in found.replaces else ""
        response.detailedDiff[name].CopyFrom(
            provider_pb2.PropertyDiff(
                kind=provider_pb2.PropertyDiff.Kind.Value(kind), inputDiff=True
            )
        )
    return response


def _outputs(kind: ResourceType, values: Props) -> struct_pb2.Struct:
    return to_struct(with_secrets(kind, values))
