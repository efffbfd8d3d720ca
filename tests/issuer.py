"""An OIDC issuer on this machine: publishes its key as real ones do, and signs what it is told."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

KEY_ID = "one"


def new_key() -> RSAPrivateKey:
    """A key like an issuer's."""
    return generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Its tokens are for `audience` unless a test says otherwise."""

    def __init__(self, url: str, *, audience: str) -> None:
        self.url = url
        self.audience = audience
        self.key = new_key()

    def token(
        self, *, key: RSAPrivateKey | None = None, algorithm: str = "RS256", **claims: Any
    ) -> str:
        """A token that is good for a minute; `claims` are added or replace its own."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": self.audience,
            "sub": "ada",
            "iat": now - 1,
            "exp": now + 60,
        }
        head = _encoded({"alg": algorithm, "typ": "JWT", "kid": KEY_ID})
        signed = f"{head}.{_encoded(usual | claims)}"
        if algorithm == "none":
            return f"{signed}."
        signature = (key or self.key).sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{_text(signature)}"

    def published(self, path: str) -> Any:
        """What stands at a path; None: nothing."""
        numbers = self.key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }
        found: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
            },
            "/keys": {"keys": [key]},
        }
        return found.get(path)


@contextlib.contextmanager
def serving(*, audience: str) -> Iterator[Issuer]:
    """An issuer at a free port of the loopback interface."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802  the base class's name
            body = issuer.published(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}", audience=audience)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _encoded(value: Any) -> str:
    return _text(json.dumps(value).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))
