"""The gateway's own errors, in the one body that functions use too; nothing internal in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws
from cors import error_headers
from pulumi import ResourceOptions


@dataclass(frozen=True)
class GatewayError:
    """What a kind of gateway response says instead of AWS's own words."""

    status: int | None
    """None: the family's own status stays."""
    code: str
    message: str

    @property
    def template(self) -> str:
        """The body; $context.requestId is filled in by the gateway."""
        shown = {
            "code": self.code,
            "message": self.message,
            "correlation_id": "$context.requestId",
        }
        return json.dumps({"error": shown})


ERRORS = {
    "ACCESS_DENIED": GatewayError(403, "forbidden", "You may not call this."),
    "BAD_REQUEST_BODY": GatewayError(400, "invalid_body", "The body does not fit the schema."),
    "BAD_REQUEST_PARAMETERS": GatewayError(
        400, "invalid_query", "A required parameter is missing."
    ),
    "DEFAULT_4XX": GatewayError(None, "refused", "The request was refused."),
    "DEFAULT_5XX": GatewayError(None, "internal_error", "Something went wrong on our side."),
    "EXPIRED_TOKEN": GatewayError(403, "forbidden", "The credentials have expired."),
    "INTEGRATION_TIMEOUT": GatewayError(504, "timeout", "The answer took too long."),
    "INVALID_SIGNATURE": GatewayError(403, "forbidden", "The signature is not right."),
    "MISSING_AUTHENTICATION_TOKEN": GatewayError(
        403, "forbidden", "The request is not signed, or there is no such route."
    ),
    "REQUEST_TOO_LARGE": GatewayError(413, "payload_too_large", "The body is too large."),
    "THROTTLED": GatewayError(429, "too_many_requests", "Too many requests; try again later."),
    "UNAUTHORIZED": GatewayError(401, "unauthorized", "Credentials are needed."),
    "UNSUPPORTED_MEDIA_TYPE": GatewayError(
        415, "unsupported_media_type", "The body must be application/json."
    ),
}
"""By API Gateway's name of the kind; the codes are those of lambda_src/common/errors.py, if it has
one for the status. What has no kind of its own (credentials of another scheme, for one) keeps its
status and gets a code that goes with any."""


def error_answers(
    errors: Mapping[str, GatewayError], *, origins: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Kind → all that a caller sees of it, as the gateway response of that kind takes it."""
    headers = {
        **{
            f"gatewayresponse.header.{name}": f"'{value}'"
            for name, value in error_headers(origins).items()
        },
        "gatewayresponse.header.Cache-Control": "'no-store'",
        "gatewayresponse.header.X-Correlation-Id": "context.requestId",
    }
    return {
        kind: {
            "status_code": None if error.status is None else str(error.status),
            "response_parameters": headers,
            "response_templates": {"application/json": error.template},
        }
        for kind, error in errors.items()
    }


def gateway_errors(
    api: aws.apigateway.RestApi, *, answers: Mapping[str, Mapping[str, Any]]
) -> list[aws.apigateway.Response]:
    """One gateway response for each kind of error."""
    return [
        aws.apigateway.Response(
            kind.lower().replace("_", "-"),
            rest_api_id=api.id,
            response_type=kind,
            **answer,
            opts=ResourceOptions(parent=api),
        )
        for kind, answer in answers.items()
    ]
