"""The service that a program asks for resources: pulumirpc.ResourceMonitor.

A refusal ends the run and is its error; the program only hears that the monitor has gone
(UNAVAILABLE), which the SDK takes as the sign to stop quietly.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from localcloud.engine.errors import EngineError
from localcloud.engine.planning.planner import Planner
from localcloud.engine.planning.read_resource import ReadRequest, ResourceReads
from localcloud.engine.provider.assets import with_hashes
from localcloud.engine.steps.goal import (
    downgrade_output_values,
    goal_from_request,
    refuse_unsupported,
    unsupported,
)
from localcloud.engine.steps.run import Run, Stopped
from localcloud.engine.values import urns
from localcloud.engine.values.values import has_unknown
from localcloud.engine.values.wire import MarshalOptions, from_struct, to_struct

_FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
    # What follows is not implemented, and refused by name where it is used. Where it is not
    # announced the SDK refuses it instead, by advice on a CLI that does not take part.
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
]
_LEGACY_FEATURES = frozenset(
    {
        "secrets",
        "resourceReferences",
        "aliasSpecs",
        "replacementTrigger",
        "deletedWith",
        "replaceWith",
        "transforms",
        "invokeTransforms",
        "parameterization",
        "resourceHooks",
        "errorHooks",
    }
)
T = TypeVar("T")


class InvokeFailed(Exception):
    """A function failed; the program may handle that."""


class ResourceMonitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one program."""

    def __init__(self, run: Run, planner: Planner, reads: ResourceReads) -> None:
        self.run, self.planner, self.reads = run, planner, reads

    def _serve(self, context: Any, work: Callable[[], T]) -> T:
        """Do something for the program, unless the run is over or ends by it."""
        with self.run.busy():
            try:
                self.run.raise_if_stopping()
                result = work()
                self.run.raise_if_stopping()
                return result
            except InvokeFailed:
                raise
            except EngineError as error:
                self.run.fail(error)
            except Stopped:
                pass
            except Exception as error:  # a fault of the engine must end the run, not hang it
                self.run.fail(EngineError(f"internal fault: {type(error).__name__}: {error}"))
                raise
        return _leave(context)

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Return what is deployed and what this engine supports."""
        run = self.run
        return resource_pb2.DeploymentInfo(
            project=run.project,
            stack=run.stack,
            organization=run.organization,
            config=run.config,
            configSecretKeys=sorted(run.secret_keys),
            dryRun=run.preview,
            parallel=run.parallel,
            supportedFeatures=_FEATURES,
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Answer older SDKs, which ask feature by feature."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _LEGACY_FEATURES)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Bring a resource to its wanted state."""
        return self._serve(context, lambda: self._register(request))

    def _register(self, request: Any) -> Any:
        goal = goal_from_request(request, self.run.folder)
        goal.source_position = _position(request, self.run.folder)
        done = self.planner.register(goal)
        state = done.state
        options = MarshalOptions(
            keep_unknowns=True,
            keep_secrets=request.acceptSecrets,
            keep_resources=request.acceptResources,
        )
        outputs = state.outputs if goal.custom else {}
        if not request.supportsPartialValues:
            outputs = {key: item for key, item in outputs.items() if not has_unknown(item)}
        return resource_pb2.RegisterResourceResponse(
            urn=state.urn, id=state.id, object=to_struct(outputs, options), unknown=done.unknown
        )

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take the outputs of a component or of the stack."""
        return self._serve(context, lambda: self._outputs(request))

    def _outputs(self, request: Any) -> Empty:
        outputs = with_hashes(
            downgrade_output_values(from_struct(request.outputs)), self.run.folder
        )
        self.reads.outputs(request.urn, outputs)
        return Empty()

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Read a resource that this stack does not manage."""
        return self._serve(context, lambda: self._read(request))

    def _read(self, request: Any) -> Any:
        refuse_unsupported(request, f"reading {request.name!r} ({request.type})")
        state = self.reads.read(
            ReadRequest(
                type=request.type,
                name=request.name,
                id=request.id,
                parent=request.parent,
                provider=request.provider,
                version=request.version,
                properties=downgrade_output_values(from_struct(request.properties)),
                dependencies=sorted(request.dependencies),
                additional_secret_outputs=list(request.additionalSecretOutputs),
                source_position=_position(request, self.run.folder),
            )
        )
        options = MarshalOptions(
            keep_unknowns=True,
            keep_secrets=request.acceptSecrets,
            keep_resources=request.acceptResources,
        )
        identity = "" if state.id == urns.UNKNOWN_ID else state.id
        return resource_pb2.ReadResourceResponse(
            urn=state.urn, id=identity, properties=to_struct(state.outputs, options)
        )

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Call a function of a provider; its failure is the program's to handle."""
        try:
            return self._serve(context, lambda: self._invoke(request))
        except InvokeFailed as failure:
            context.abort(grpc.StatusCode.UNKNOWN, str(failure))

    def _invoke(self, request: Any) -> Any:
        refuse_unsupported(request, f"the call of {request.tok}")
        answer = self.reads.invoke(
            request.tok,
            downgrade_output_values(from_struct(request.args)),
            provider=request.provider,
            version=request.version,
            parent=request.parent,
            depends_on=list(request.dependsOn),
        )
        if isinstance(answer, str):
            raise InvokeFailed(answer)
        if answer is None:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        resources = request.acceptResources or request.tok == "pulumi:pulumi:getResource"
        options = MarshalOptions(keep_unknowns=True, keep_secrets=True, keep_resources=resources)
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer, options))  # the name is a keyword
        return response

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Let the program go: nothing of it is needed for the rest of the run."""
        return Empty()

    def _refuse(self, context: Any, what: str) -> NoReturn:
        self.run.fail(unsupported("The program", what))
        _leave(context)

    def Call(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Refuse methods of remote components."""
        self._refuse(context, f"the method {request.tok}")

    def ExistsResource(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Refuse asking whether a resource exists."""
        self._refuse(context, "resource existence checks")

    def RegisterStackTransform(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse transforms."""
        self._refuse(context, "transforms")

    def RegisterStackInvokeTransform(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse transforms of invokes."""
        self._refuse(context, "invoke transforms")

    def RegisterResourceHook(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Let a hook be made: it does nothing before a resource is bound to it, and that is
        refused with the resource's name.
        """
        return Empty()

    def RegisterErrorHook(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Let a hook on errors be made, as any other hook."""
        return Empty()

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        """Refuse parameterized packages."""
        self._refuse(context, f"the parameterized package {request.name}")


def _leave(context: Any) -> NoReturn:
    context.abort(grpc.StatusCode.UNAVAILABLE, "resource monitor shut down")
    raise AssertionError("abort does not return")


def _position(request: Any, folder: str) -> str:
    """Write where in the program a resource stands: `project:///__main__.py#12`."""
    position = request.sourcePosition
    base = Path(folder).as_uri() + "/"
    if not position.uri.startswith(base):
        return ""
    return f"project:///{position.uri[len(base) :]}#{position.line}"
