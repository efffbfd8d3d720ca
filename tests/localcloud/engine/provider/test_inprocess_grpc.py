from __future__ import annotations

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from localcloud.engine.provider.inprocess_grpc import ProviderError, call_optional, call_required

REQUEST = provider_pb2.CheckRequest()


class Servicer:
    """Fails in every way that servicers fail."""

    def fine(self, request: Any, context: Any) -> str:
        assert context.is_active()
        assert context.time_remaining() is None
        return "fine"

    def aborts(self, request: Any, context: Any) -> None:
        context.abort(grpc.StatusCode.UNKNOWN, "no luck")

    def sets(self, request: Any, context: Any) -> str:
        context.set_code(grpc.StatusCode.INVALID_ARGUMENT)
        context.set_details("bad")
        return "ignored"

    def crashes(self, request: Any, context: Any) -> None:
        raise KeyError("x")

    def loses(self, request: Any, context: Any) -> None:
        context.abort(grpc.StatusCode.UNAVAILABLE, "connection lost")

    def breaks(self, request: Any, context: Any) -> None:
        try:
            try:
                raise ConnectionResetError("peer")
            except OSError as error:
                raise RuntimeError("the endpoint did not answer") from error
        except RuntimeError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"failed: {error}")

    def lacks(self, request: Any, context: Any) -> None:
        raise NotImplementedError


def test_an_answer_is_given_back() -> None:
    assert call_required(Servicer(), "fine", REQUEST) == "fine"


@pytest.mark.parametrize(
    ("method", "reason", "definite"),
    [
        ("aborts", "no luck", True),
        ("sets", "bad", True),
        ("crashes", "KeyError: 'x'", False),
        ("loses", "connection lost", False),
        ("breaks", "the endpoint did not answer", False),
        ("lacks", "lacks is not implemented", True),
    ],
)
def test_failures_say_whether_something_may_have_happened(
    method: str, reason: str, definite: bool
) -> None:
    with pytest.raises(ProviderError, match=reason) as failure:
        call_required(Servicer(), method, REQUEST)
    assert failure.value.definite is definite


def test_methods_that_need_not_be_there() -> None:
    assert call_optional(Servicer(), "lacks", REQUEST) is None
    with pytest.raises(ProviderError, match="no luck"):
        call_optional(Servicer(), "aborts", REQUEST)
