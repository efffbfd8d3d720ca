"""Opaque page cursors: signed, and bound to the query that they continue.

A cursor is where the next page starts. Its signature covers the query too, so a cursor can neither
be made up nor carried over to another query.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from common import payload
from common.errors import InvalidCursor

SIGNATURE: Final = 16
"""Bytes of the HMAC-SHA256 that are kept: 128 bits."""
MAX_LENGTH: Final = 1024


class Keys(Protocol):
    """Where the signing key comes from."""

    def current(self) -> bytes:
        """The key to sign with."""

    def refreshed(self) -> bytes:
        """The key after a look whether it was rotated."""


class Cursors:
    """Makes and reads cursors of one service."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def issue(self, query: Sequence[str], position: Mapping[str, str]) -> str:
        """Make a cursor for the page of `query` that follows `position`."""
        data = payload.dumps(position).encode()
        return _encoded(_signature(self._keys.current(), query, data) + data)

    def read(self, query: Sequence[str], cursor: str) -> dict[str, str]:
        """Return the position; InvalidCursor unless it was issued for this very query."""
        raw = _decoded(cursor)
        signature, data = raw[:SIGNATURE], raw[SIGNATURE:]
        if not any(
            hmac.compare_digest(signature, _signature(key(), query, data))
            for key in (self._keys.current, self._keys.refreshed)
        ):
            raise InvalidCursor("The cursor does not belong to this query.")
        position: dict[str, str] = json.loads(data)
        return position


class SecretKeys:
    """The signing key out of a secret: its `cursor_signing_key`, else all of it."""

    def __init__(self, read: Callable[[float | None], str]) -> None:
        self._read = read

    def current(self) -> bytes:
        """The key as it was last read."""
        return _key(self._read(None))

    def refreshed(self) -> bytes:
        """The key as it is now, asked at most every ten seconds."""
        return _key(self._read(10.0))


def _key(secret: str) -> bytes:
    try:
        document = json.loads(secret)
    except ValueError:
        document = None
    chosen = document.get("cursor_signing_key") if isinstance(document, dict) else None
    return hashlib.sha256(f"cursor:{chosen or secret}".encode()).digest()


def _signature(key: bytes, query: Sequence[str], data: bytes) -> bytes:
    message = payload.dumps(list(query)).encode() + b"\n" + data
    return hmac.digest(key, message, "sha256")[:SIGNATURE]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(cursor: str) -> bytes:
    if len(cursor) > MAX_LENGTH:
        raise InvalidCursor("The cursor is too long.")
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise InvalidCursor("The cursor is not one that this service issued.") from None
