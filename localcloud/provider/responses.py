"""Outputs and errors as the engine gets them: secrets wrapped, failures as one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from localcloud.provider.base.errors import InitFailed, ProviderError, describe
from localcloud.provider.base.resource import ResourceType
from localcloud.provider.base.values import Props, secret, to_struct

_log = logging.getLogger(__name__)


def with_secrets(kind: ResourceType, values: Props) -> Props:
    """Wrap the outputs that are always secret."""
    hidden = kind.secret_outputs | {name for name, prop in kind.props.items() if prop.secret}
    return {n: secret(v) if n in hidden and v is not None else v for n, v in values.items()}


@contextmanager
def grpc_errors(
    context: Any, code: grpc.StatusCode, doing: str, kind: ResourceType | None = None
) -> Iterator[None]:
    """Turn any error into the protocol's, in one sentence: what failed, on what, and why."""
    try:
        yield
    except InitFailed as error:
        _abort_init_failed(context, f"{doing} failed: {describe(error.cause)}", error, kind)
    except Exception as error:
        _log.debug("%s failed", doing, exc_info=True)
        _abort(lambda reason: context.abort(code, reason), f"{doing} failed: {describe(error)}")


def _abort(abort: Callable[[str], Any], reason: str) -> NoReturn:
    abort(reason)
    raise ProviderError(reason)  # a context whose abort returns must not get further


class _Status(grpc.Status):  # type: ignore[misc]  # grpc publishes no types
    """A status with details, as grpc's abort_with_status wants it."""

    def __init__(self, code: grpc.StatusCode, details: str, packed: bytes) -> None:
        self.code = code
        self.details = details
        self.trailing_metadata = (("grpc-status-details-bin", packed),)


def _abort_init_failed(
    context: Any, reason: str, error: InitFailed, kind: ResourceType | None
) -> NoReturn:
    outputs = to_struct(with_secrets(kind, error.outputs)) if kind else to_struct(error.outputs)
    detail = provider_pb2.ErrorResourceInitFailed(id=error.id, properties=outputs, reasons=[reason])
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
    status.details.add().Pack(detail)
    packed = _Status(grpc.StatusCode.UNKNOWN, reason, status.SerializeToString())
    _abort(lambda _: context.abort_with_status(packed), reason)
