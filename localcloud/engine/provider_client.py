"""Call a `pulumirpc.ResourceProviderServicer` in this process, as the CLI calls a plugin.

What the CLI does around each call (pkg/resource/plugin/provider_plugin.go) happens here: values
are written as messages, secrets are taken off for providers that do not accept them and put back
on the answers, and errors become `ProviderError`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import errors_pb2, provider_pb2, status_pb2

from . import urn as urns
from .errors import EngineError
from .values import Secret, has_secret, has_unknown, reveal
from .wire import Keep, from_struct, to_struct, to_value

Props = dict[str, Any]
# Codes by which a provider says that it does not know whether its call had an effect.
_UNCERTAIN = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
    }
)


class ProviderError(EngineError):
    """A provider refused or failed; the message is its reason.

    `definite`: it surely did nothing. Otherwise the next run has to find out.
    """

    def __init__(self, message: str, *, definite: bool = True) -> None:
        super().__init__(message)
        self.definite = definite


@dataclass
class InitFailed(Exception):
    """The resource exists now, but did not come up as it should; it must not be lost."""

    id: str
    outputs: Props
    inputs: Props | None
    reasons: list[str]


@dataclass(frozen=True)
class CheckFailure:
    """An input that a provider does not accept."""

    property: str
    reason: str


@dataclass
class Diff:
    """What a provider says about a change; `changed` None means that it cannot tell."""

    changed: bool | None
    replaces: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    detailed: dict[str, int] | None = None
    delete_before_replace: bool = False

    def replace(self) -> bool:
        """Tell whether the change needs a new resource."""
        marked = any(kind & 1 for kind in (self.detailed or {}).values())
        return bool(self.changed) and (bool(self.replaces) or marked)

    def keys(self) -> tuple[str, ...]:
        """Name the properties that differ."""
        names = self.detailed or self.changes or self.replaces
        return tuple(sorted(set(names)))


@dataclass
class Read:
    """What a provider found; an empty id means that there is no such resource."""

    id: str
    outputs: Props
    inputs: Props | None


class Abort(Exception):
    """What `context.abort` of gRPC does to a servicer: leave it."""

    def __init__(self, code: grpc.StatusCode, details: str, trailing: Any = ()) -> None:
        super().__init__(details)
        self.code, self.details, self.trailing = code, details, trailing


class CallContext:
    """The part of grpc.ServicerContext that a servicer needs to say that it failed."""

    def __init__(self) -> None:
        self._code, self._details = grpc.StatusCode.OK, ""
        self._trailing: Any = ()

    def abort(self, code: grpc.StatusCode, details: str = "") -> NoReturn:
        """Fail the call."""
        raise Abort(code, details, self._trailing)

    def abort_with_status(self, status: Any) -> NoReturn:
        """Fail the call with a rich status."""
        raise Abort(status.code, status.details, getattr(status, "trailing_metadata", ()))

    def set_trailing_metadata(self, metadata: Any) -> None:
        """Keep what goes along with an error."""
        self._trailing = metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        """Fail the call once the method returns."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Say why the call fails."""
        self._details = details

    def invocation_metadata(self) -> tuple[Any, ...]:
        """Give the caller's metadata: none."""
        return ()

    def is_active(self) -> bool:
        """Say whether somebody still waits for the answer."""
        return True

    def time_remaining(self) -> float | None:
        """Say how long the caller waits: for ever."""
        return None

    def raise_if_failed(self) -> None:
        """Turn a code that was set into the error that it means."""
        if self._code is not grpc.StatusCode.OK:
            raise Abort(self._code, self._details, self._trailing)


def _init_failed(abort: Abort) -> InitFailed | None:
    """Find the details that providers pack into the status when a resource came up halfway."""
    for entry in abort.trailing or ():
        key, value = entry[0], entry[1]
        if key != "grpc-status-details-bin":
            continue
        status = status_pb2.Status.FromString(value)
        for detail in status.details:
            failed = provider_pb2.ErrorResourceInitFailed()
            if detail.Is(failed.DESCRIPTOR):
                detail.Unpack(failed)
                inputs = from_struct(failed.inputs) if failed.HasField("inputs") else None
                return InitFailed(
                    failed.id, from_struct(failed.properties), inputs, list(failed.reasons)
                )
    return None


def annotate_secrets(outputs: Props | None, inputs: Props | None) -> None:
    """Cover outputs whose equally named inputs are secret (annotateSecrets of the CLI)."""
    if not outputs or not inputs:
        return
    for key, given in inputs.items():
        if key not in outputs:
            continue
        got = outputs[key]
        if isinstance(got, dict) and isinstance(given, dict):
            annotate_secrets(got, given)
        elif not isinstance(got, Secret) and has_secret(given):
            outputs[key] = Secret(got)


class ProviderClient:
    """One provider instance: unconfigured, configured, or (in a preview) not yet configurable."""

    def __init__(self, package: str, servicer: Any) -> None:
        self.package = package
        self._servicer = servicer
        self._keep = Keep()
        self._preview_keep = Keep(unknowns=True)
        self.known = True  # False: its configuration holds values that a preview cannot know
        self._supports_preview = True

    def _call(self, method: str, request: Message) -> Any:
        context = CallContext()
        call: Callable[[Any, Any], Any] = getattr(self._servicer, method)
        try:
            response = call(request, context)
            context.raise_if_failed()
        except Abort as abort:
            raise abort
        except NotImplementedError as missing:
            raise Abort(grpc.StatusCode.UNIMPLEMENTED, f"{method} is not implemented") from missing
        except Exception as error:  # a fault of the provider must not end as our traceback
            text = f"{type(error).__name__}: {error}"
            raise Abort(grpc.StatusCode.INTERNAL, text) from error
        return response

    def _operate(self, method: str, request: Message) -> Any:
        try:
            return self._call(method, request)
        except Abort as abort:
            failed = _init_failed(abort)
            if failed is not None:
                raise failed from abort
            text = abort.details or abort.code.name
            raise ProviderError(text, definite=abort.code not in _UNCERTAIN) from abort

    def _optional(self, method: str, request: Message) -> Any:
        """Call a method that providers need not have."""
        try:
            return self._call(method, request)
        except Abort as abort:
            if abort.code is grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise ProviderError(abort.details or abort.code.name) from abort

    def check_config(
        self, urn: str, olds: Props | None, news: Props
    ) -> tuple[Props, list[CheckFailure]]:
        """Validate the configuration of this provider."""
        keep = self._preview_keep
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            olds=None if olds is None else to_struct(olds, keep),
            news=to_struct(news, keep),
        )
        response = self._optional("CheckConfig", request)
        if response is None:
            return dict(news), []
        inputs = from_struct(response.inputs)
        annotate_secrets(inputs, news)
        return inputs, _failures(response)

    def diff_config(self, urn: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """Ask what a change of the configuration means."""
        keep = self._preview_keep
        request = provider_pb2.DiffRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            old_inputs=to_struct(old_inputs, keep),
            olds=to_struct(old_outputs, keep),
            news=to_struct(news, keep),
        )
        response = self._optional("DiffConfig", request)
        return Diff(None) if response is None else _diff(response)

    def configure(self, urn: str, identity: str, inputs: Props) -> None:
        """Give the provider its configuration; one with unknown values waits for the real run."""
        if has_unknown(inputs):
            self.known = False
            return
        request = provider_pb2.ConfigureRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            id=identity,
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            variables=_variables(self.package, inputs),
            args=to_struct(inputs),
        )
        response = self._operate("Configure", request)
        self._keep = Keep(secrets=response.acceptSecrets, resources=response.acceptResources)
        self._preview_keep = Keep(True, response.acceptSecrets, response.acceptResources)
        self._supports_preview = response.supportsPreview

    def check(
        self, urn: str, olds: Props | None, news: Props, *, preview: bool, seed: bytes
    ) -> tuple[Props, list[CheckFailure]]:
        """Validate inputs and fill in defaults and names; `olds` None for a new resource."""
        if not self.known:
            return dict(news), []
        keep = self._preview_keep if preview else self._keep
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            olds=to_struct(olds or {}, keep),
            news=to_struct(news, keep),
            randomSeed=seed,
        )
        response = self._operate("Check", request)
        inputs = from_struct(response.inputs)
        self._annotate(inputs, news)
        return inputs, _failures(response)

    def diff(
        self,
        urn: str,
        identity: str,
        *,
        old_inputs: Props,
        old_outputs: Props,
        news: Props,
        ignore_changes: list[str],
        preview: bool,
    ) -> Diff:
        """Ask what a change of inputs means."""
        if not self.known:
            return Diff(True)
        keep = self._preview_keep if preview else self._keep
        request = provider_pb2.DiffRequest(
            id=identity,
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            old_inputs=to_struct(old_inputs, keep),
            olds=to_struct(old_outputs, keep),
            news=to_struct(news, keep),
            ignoreChanges=ignore_changes,
        )
        return _diff(self._operate("Diff", request))

    def create(
        self, urn: str, inputs: Props, *, timeout: float, preview: bool
    ) -> tuple[str, Props]:
        """Make the resource; a preview gives no id and what outputs can be known."""
        if preview and not self.known:
            return "", {}
        if preview and not self._supports_preview:
            return "", dict(inputs)
        request = provider_pb2.CreateRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            properties=to_struct(inputs, self._preview_keep if preview else self._keep),
            timeout=timeout,
            preview=preview,
        )
        try:
            response = self._operate("Create", request)
        except InitFailed as failed:
            self._annotate(failed.outputs, inputs)
            raise
        outputs = from_struct(response.properties)
        self._annotate(outputs, inputs)
        if not response.id and not preview:
            raise ProviderError("the provider returned no id for a new resource")
        return response.id, outputs

    def read(
        self, urn: str, identity: str, *, inputs: Props | None, state: Props, timeout: float
    ) -> Read:
        """Fetch the resource as it is; an empty id asks for the one that `inputs` would make."""
        if not self.known:
            return Read(identity, {}, {})
        request = provider_pb2.ReadRequest(
            id=identity,
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            properties=to_struct(state, self._keep),
            inputs=None if inputs is None else to_struct(inputs, self._keep),
            timeout=timeout,
        )
        try:
            response = self._operate("Read", request)
        except InitFailed as failed:
            self._annotate(failed.inputs, inputs)
            self._annotate(failed.outputs, state)
            raise
        found = from_struct(response.inputs) if response.HasField("inputs") else None
        outputs = from_struct(response.properties)
        self._annotate(found, inputs)
        self._annotate(outputs, state)
        return Read(response.id, outputs, found)

    def update(
        self,
        urn: str,
        identity: str,
        *,
        old_inputs: Props,
        old_outputs: Props,
        news: Props,
        timeout: float,
        ignore_changes: list[str],
        preview: bool,
    ) -> Props:
        """Change the resource in place and give its outputs."""
        if preview and not self.known:
            return {}
        if preview and not self._supports_preview:
            return dict(news)
        keep = self._preview_keep if preview else self._keep
        request = provider_pb2.UpdateRequest(
            id=identity,
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            old_inputs=to_struct(old_inputs, keep),
            olds=to_struct(old_outputs, keep),
            news=to_struct(news, keep),
            timeout=timeout,
            ignoreChanges=ignore_changes,
            preview=preview,
        )
        try:
            response = self._operate("Update", request)
        except InitFailed as failed:
            self._annotate(failed.outputs, news)
            raise
        outputs = from_struct(response.properties)
        self._annotate(outputs, news)
        return outputs

    def delete(
        self, urn: str, identity: str, *, inputs: Props, outputs: Props, timeout: float
    ) -> None:
        """Delete the resource; one that is gone already is fine."""
        request = provider_pb2.DeleteRequest(
            id=identity,
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            properties=to_struct(outputs, self._keep),
            old_inputs=to_struct(inputs, self._keep),
            timeout=timeout,
        )
        self._operate("Delete", request)

    def invoke(
        self, token: str, args: Props, *, preview: bool
    ) -> tuple[Props | None, list[CheckFailure]]:
        """Call a function; None means that its result cannot be known in this preview."""
        if not self.known:
            return None, []
        request = provider_pb2.InvokeRequest(
            tok=token, args=to_struct(args, self._keep), preview=preview
        )
        response = self._operate("Invoke", request)
        return from_struct(getattr(response, "return")), _failures(response)

    def close(self) -> None:
        """Let the provider go."""
        close = getattr(self._servicer, "close", None)
        if callable(close):
            close()

    def _annotate(self, outputs: Props | None, inputs: Props | None) -> None:
        if not self._keep.secrets:
            annotate_secrets(outputs, inputs)


def _failures(response: Any) -> list[CheckFailure]:
    return [CheckFailure(failure.property, failure.reason) for failure in response.failures]


def _diff(response: Any) -> Diff:
    kinds = provider_pb2.DiffResponse
    changed = {kinds.DIFF_NONE: False, kinds.DIFF_SOME: True}.get(response.changes)
    detailed = None
    if response.hasDetailedDiff:
        detailed = {key: entry.kind for key, entry in response.detailedDiff.items()}
    return Diff(
        changed,
        list(response.replaces),
        list(response.diffs),
        detailed,
        response.deleteBeforeReplace,
    )


def _variables(package: str, inputs: Props) -> dict[str, str]:
    """Write the configuration once more in the old form, `<package>:config:<key>`."""
    import json

    variables = {}
    for key, value in inputs.items():
        if key == "version":
            continue
        plain = reveal(value)
        text = plain if isinstance(plain, str) else json.dumps(plain)
        variables[f"{package}:config:{key}"] = text
    return variables


__all__ = ["CheckFailure", "Diff", "InitFailed", "ProviderClient", "ProviderError", "Read"]
_ = (Struct, errors_pb2, to_value)
