"""The `pulumi` package: other stacks' outputs, and looking up resources of this run.

StackReference is a resource that is read; readStackOutputs and getResource are functions
(pkg/resource/deploy/builtins.go). Outputs stay secret if they were.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NoReturn

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localcloud.engine.errors import EngineError
from localcloud.engine.state.model import ResourceState
from localcloud.engine.values.values import has_secret
from localcloud.engine.values.wire import KEEP_ALL, from_struct, to_struct

STACK_REFERENCE = "pulumi:pulumi:StackReference"

StackOutputs = Callable[[str], dict[str, Any]]
Lookup = Callable[[str], ResourceState | None]


class BuiltinProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the package `pulumi`.

    `outputs` gives a stack's outputs by its full name, or raises EngineError with one sentence;
    `lookup` finds a resource that this run registered or read.
    """

    def __init__(self, outputs: StackOutputs, lookup: Lookup) -> None:
        self._outputs = outputs
        self._lookup = lookup

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Accept every value that values.py knows."""
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, supportsPreview=True
        )

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Take no configuration."""
        return provider_pb2.CheckResponse()

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """See no change."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Allow the one input that a StackReference has."""
        self._only_references(request.type, context)
        failures = [
            provider_pb2.CheckFailure(property=key, reason=f"unknown property {key!r}")
            for key in request.news.fields
            if key != "name"
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Another name is another reference."""
        kinds = provider_pb2.DiffResponse
        if request.news.fields["name"] == request.old_inputs.fields["name"]:
            return kinds(changes=kinds.DIFF_NONE)
        return kinds(changes=kinds.DIFF_SOME, replaces=["name"])

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Read the stack under a new id."""
        self._only_references(request.type, context)
        outputs = self._read(from_struct(request.properties).get("name"), context)
        identity = "" if request.preview else str(uuid.uuid4())
        return provider_pb2.CreateResponse(id=identity, properties=outputs)

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Read the stack again."""
        self._only_references(request.type, context)
        outputs = self._read(from_struct(request.inputs).get("name"), context)
        return provider_pb2.ReadResponse(id=request.id, inputs=request.inputs, properties=outputs)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Forget it; the other stack is not touched."""
        from google.protobuf.empty_pb2 import Empty

        return Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Answer the package's functions."""
        args = from_struct(request.args)
        if request.tok == "pulumi:pulumi:readStackOutputs":
            return _answer(self._read(args.get("name"), context))
        if request.tok == "pulumi:pulumi:getResource":
            return _answer(self._resource(str(args.get("urn")), context))
        return _refuse(context, f"the function {request.tok} is not implemented")

    def _read(self, name: Any, context: Any) -> Struct:
        if not isinstance(name, str):
            return _refuse(context, "a stack reference needs the full name of a stack")
        try:
            outputs = self._outputs(name)
        except EngineError as error:
            return _refuse(context, str(error))
        secret = sorted(key for key, value in outputs.items() if has_secret(value))
        return to_struct({"name": name, "outputs": outputs, "secretOutputNames": secret}, KEEP_ALL)

    def _resource(self, urn: str, context: Any) -> Struct:
        state = self._lookup(urn)
        if state is None:
            return _refuse(context, f"unknown resource {urn}")
        return to_struct(
            {"urn": urn, "id": state.id, "provider": state.provider, "state": state.outputs},
            KEEP_ALL,
        )

    def _only_references(self, type_: str, context: Any) -> None:
        if type_ != STACK_REFERENCE:
            _refuse(context, f"the embedded engine does not implement {type_}")


def _answer(properties: Struct) -> Any:
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(properties)  # the field's name is a keyword
    return response


def _refuse(context: Any, reason: str) -> NoReturn:
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, reason)
    raise AssertionError("abort does not return")
