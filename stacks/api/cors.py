"""What browsers of the configured origins are told: in preflights and on the gateway's own errors.

Functions answer with the caller's origin themselves (stage variable `cors_origins`). The gateway
can only say one fixed origin in its own error responses: the first configured one.
"""

from __future__ import annotations

from collections.abc import Sequence

ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Amz-Content-Sha256",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Correlation-Id",
)
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
