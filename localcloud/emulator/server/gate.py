"""Who may ask what: closes three doors that MiniStack leaves open to everyone on the machine.

The loopback interface is shared by all users of a computer, so a port is no protection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localcloud.emulator.asgi import Application, Message, Receive, Send

OPEN = frozenset({"/_ministack/health", "/_ministack/ready", "/_localstack/health"})
REFUSAL = json.dumps(
    {"__type": "AccessDeniedException", "message": "Not open on this emulator."}
).encode()


class Gate:
    """Refuses MiniStack's administration paths (reset, code and mail of every account)."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            if self._closed(scope["path"]):
                await _refuse(send)
                return
            # Loopback never leaves the machine: it counts as TLS, or every TLS-only policy would
            # refuse everything here. `X-Forwarded-Proto: http` shows such a policy at work.
            scope = {**scope, "scheme": "https"}
        await self.inner(scope, receive, send)

    @staticmethod
    def _closed(path: str) -> bool:
        return path.startswith(("/_ministack/", "/_localstack/")) and path not in OPEN


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(REFUSAL))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSAL})


def disable_root_keys() -> None:
    """Give the well-known root keys (`test`, any 12 digits) no more rights than any unknown key.

    MiniStack checks no secret of theirs, so whoever reaches the port would own the account. The
    admin user of bootstrap.py does all that they did. Unsigned requests go on as before: to the
    public, which IAM enforcement refuses.
    """
    from ministack.core import iam_evaluator

    iam_evaluator.is_root_access_key = lambda access_key_id: not access_key_id


def require_signatures() -> None:
    """Refuse calls of an HTTP API's AWS_IAM routes that carry no signature.

    MiniStack checks every signature that it finds, but takes any Authorization header at all
    (`Bearer x`) for one. REST APIs are not concerned.
    """
    from ministack import app

    enforce = app._enforce_execute_api

    def enforced(
        api_id: str,
        stage: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, Any],
        **more: str,
    ) -> Any:
        denied = enforce(api_id, stage, method, path, headers, query, **more)
        http_apis = app._get_module("apigateway")
        if denied or http_apis.route_authorization_type(api_id, stage, method, path) != "AWS_IAM":
            return denied
        signed = app.extract_access_key_id(headers, query)
        return None if signed else http_apis._jwt_forbidden()

    app._enforce_execute_api = enforced
