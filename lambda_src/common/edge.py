"""The entry of every HTTP function: event in, route, answer or named error out, one log line."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.aws import error_code
from common.errors import DependencyUnavailable, NotFound, ServiceError
from common.request import Request, parse
from common.response import Response, failure, rendered
from common.telemetry import telemetry

Route = Callable[[Request], Response]
Routes = Mapping[str, Route]


@dataclass(frozen=True)
class Reading:
    """A route that takes query parameters, each at most once; one that is none takes none."""

    query: tuple[str, ...]
    answer: Callable[[Request, dict[str, str]], Response]

    def __call__(self, request: Request) -> Response:
        """Answer, if there are no parameters but these."""
        return self.answer(request, request.parameters(*self.query))


BUSY = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""AWS codes that are left after botocore's retries only when the service is overloaded or down."""


class Api:
    """A Lambda handler over a route table.

    The table is built on first use (in Lambda's init phase, which has a full CPU), so that a module
    can be imported without an environment and a misconfigured function still answers in our shape.
    """

    def __init__(self, function: str, build: Callable[[], Routes]) -> None:
        self._function = function
        self._build = build
        self._routes: Routes | None = None
        if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
            self._warm()

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer one proxy event; never raises."""
        request = self._begin(event, context)
        response = self._answer(request)
        self._count(response.status)
        telemetry.end("request", route=request.route, status=response.status)
        return rendered(
            response,
            correlation_id=request.correlation_id,
            origin=request.headers.get("origin"),
            origins=str(request.stage.get("cors_origins", "")),
        )

    def _begin(self, event: Any, context: Any) -> Request:
        request_id = str(getattr(context, "aws_request_id", "") or "")
        try:
            request = parse(event)
        except Exception:  # whatever shape the event has, the caller gets the one error body
            request = Request(route="", request_id=request_id, correlation_id=request_id)
        telemetry.begin(
            function=self._function,
            correlation_id=request.correlation_id,
            request_id=request_id or request.request_id,
        )
        return request

    def _answer(self, request: Request) -> Response:
        try:
            return self._dispatch(request)
        except ServiceError as error:
            return failure(error, request.correlation_id)
        except Exception as error:  # nothing internal may reach the caller
            telemetry.failure("unexpected error", error, route=request.route)
            return failure(_seen_from_outside(error), request.correlation_id)

    def _dispatch(self, request: Request) -> Response:
        self._routes = self._routes or self._build()
        route = self._routes.get(request.route)
        if route is None:
            raise NotFound("There is no such route.")
        if not isinstance(route, Reading):
            request.parameters()
        return route(request)

    def _warm(self) -> None:
        try:
            self._routes = self._build()
        except Exception as error:  # the first request tries again and answers in our shape
            telemetry.failure("initialisation failed", error, function=self._function)

    @staticmethod
    def _count(status: int) -> None:
        telemetry.count("ClientErrors", int(400 <= status < 500))
        telemetry.count("ServerErrors", int(status >= 500))


def _seen_from_outside(error: Exception) -> ServiceError:
    overloaded = isinstance(error, ClientError) and error_code(error) in BUSY
    unreachable = isinstance(error, BotoCoreError)
    if overloaded or unreachable:
        return DependencyUnavailable("A service that this one needs does not answer.")
    return ServiceError()
