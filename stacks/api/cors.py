"""What browsers of the configured origins are told: in preflights and on the gateway's own errors.

On the REST edge functions answer with the caller's origin themselves (stage variable
`cors_origins`), and the gateway can only say one fixed origin in its own error responses: the first
configured one. An HTTP API does all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.api.routes import ROUTES

if TYPE_CHECKING:  # a stack with the other edge need not load HTTP APIs
    from pulumi_aws.apigatewayv2 import ApiCorsConfigurationArgsDict

ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Amz-Content-Sha256",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Api-Key",
    "X-Correlation-Id",
)
EXPOSED_HEADERS = ("ETag", "Location", "Retry-After", "X-Correlation-Id")
"""What scripts may read of an answer, as the functions say it (lambda_src/common/response.py)."""
MAX_AGE_SECONDS = 600


def preflight_headers(origins: Sequence[str], *, methods: Sequence[str]) -> dict[str, str]:
    """Header → value of the answer to a preflight, without quotes."""
    return {
        "Access-Control-Allow-Origin": origins[0],
        "Access-Control-Allow-Methods": ",".join([*methods, "OPTIONS"]),
        "Access-Control-Allow-Headers": ",".join(ALLOWED_HEADERS),
        "Access-Control-Max-Age": str(MAX_AGE_SECONDS),
        "Vary": "Origin",
    }


def preflight_template(origins: Sequence[str]) -> str:
    """VTL that answers each configured origin with itself; with one origin there is no choice."""
    if len(origins) == 1:
        return ""
    known = " || ".join(f'$origin == "{origin}"' for origin in origins)
    header = '$context.responseOverride.header["Access-Control-Allow-Origin"]'
    return (
        '#set($origin = $input.params().header.get("Origin"))\n'
        f"#if({known})\n#set({header} = $origin)\n#end\n"
    )


def error_headers(origins: Sequence[str]) -> dict[str, str]:
    """Header → value on the gateway's own errors, without quotes."""
    if not origins:
        return {}
    return {
        "Access-Control-Allow-Origin": origins[0],
        "Access-Control-Expose-Headers": "X-Correlation-Id",
        "Vary": "Origin",
    }


def http_cors(origins: Sequence[str]) -> ApiCorsConfigurationArgsDict | None:
    """The same for an HTTP API, which answers each origin with itself and preflights by itself."""
    if not origins:
        return None
    return {
        "allow_origins": list(origins),
        "allow_methods": sorted({route.method for route in ROUTES}),
        "allow_headers": list(ALLOWED_HEADERS),
        "expose_headers": list(EXPOSED_HEADERS),
        "max_age": MAX_AGE_SECONDS,
    }
