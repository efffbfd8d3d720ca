"""Call methods of a servicer in this process, with gRPC's way of failing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2, status_pb2

from localcloud.engine.errors import EngineError
from localcloud.engine.values.wire import from_struct

PropertyMap = dict[str, Any]
# Codes of a provider that does not know whether its call had an effect.
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
    outputs: PropertyMap
    inputs: PropertyMap | None
    reasons: list[str]


class Abort(Exception):
    """What `context.abort` of gRPC does to a servicer: leave it."""

    def __init__(self, code: grpc.StatusCode, details: str, trailing: Any = ()) -> None:
        super().__init__(details)
        self.code, self.details, self.trailing = code, details, trailing


class CallContext:
    """The part of grpc.ServicerContext that a servicer needs to report a failure."""

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
        """Set the reason why the call fails."""
        self._details = details

    def invocation_metadata(self) -> tuple[Any, ...]:
        """Return the caller's metadata: none."""
        return ()

    def is_active(self) -> bool:
        """Return whether somebody still waits for the answer."""
        return True

    def time_remaining(self) -> float | None:
        """Return how long the caller waits: for ever."""
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


def call(servicer: Any, method: str, request: Message) -> Any:
    """Call a method; whatever goes wrong in it becomes an Abort."""
    context = CallContext()
    function: Callable[[Any, Any], Any] = getattr(servicer, method)
    try:
        response = function(request, context)
        context.raise_if_failed()
    except Abort:
        raise
    except NotImplementedError as missing:
        raise Abort(grpc.StatusCode.UNIMPLEMENTED, f"{method} is not implemented") from missing
    except Exception as error:  # a fault of the provider must not end as our traceback
        text = f"{type(error).__name__}: {error}"
        raise Abort(grpc.StatusCode.INTERNAL, text) from error
    return response


def _connection_broke(error: BaseException) -> bool:
    """Return whether a connection broke: the request may have been served all the same."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (ConnectionError, TimeoutError)):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def call_required(servicer: Any, method: str, request: Message) -> Any:
    """Call a method that must succeed: raises ProviderError or InitFailed."""
    try:
        return call(servicer, method, request)
    except Abort as abort:
        failed = _init_failed(abort)
        if failed is not None:
            raise failed from abort
        text = abort.details or abort.code.name
        uncertain = abort.code in _UNCERTAIN or _connection_broke(abort)
        raise ProviderError(text, definite=not uncertain) from abort


def call_optional(servicer: Any, method: str, request: Message) -> Any:
    """Call a method that providers need not have; None if this one has not."""
    try:
        return call(servicer, method, request)
    except Abort as abort:
        if abort.code is grpc.StatusCode.UNIMPLEMENTED:
            return None
        raise ProviderError(abort.details or abort.code.name) from abort
