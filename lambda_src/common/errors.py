"""The errors that a caller of the API may see, each with its HTTP status and code.

ServiceError
├── InvalidRequest 400 ── InvalidJson, InvalidBody, InvalidQuery, InvalidPath, InvalidHeader,
│                         InvalidCursor
├── NotFound 404
├── Conflict 409 ── IdempotencyConflict, VersionConflict
├── PayloadTooLarge 413
├── UnsupportedMediaType 415
├── VersionRequired 428
└── DependencyUnavailable 503

Anything else that is raised reaches the caller as `internal_error`, without its message.
"""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """What went wrong, in a sentence that the caller may read."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str = "", *, logged: str = "") -> None:
        super().__init__(message)
        self.logged = logged or message
        """The sentence for logs: it repeats nothing of what was sent."""


class InvalidRequest(ServiceError):
    """The request cannot be understood; the same request will never work."""

    status = 400
    code = "invalid_request"


class InvalidJson(InvalidRequest):
    """The body is not JSON (or not base64, not UTF-8, too deep, names a key twice)."""

    code = "invalid_json"


class InvalidBody(InvalidRequest):
    """The body is JSON, but not what the route's schema asks for."""

    code = "invalid_body"


class InvalidQuery(InvalidRequest):
    """A query parameter is missing, unknown, repeated or malformed."""

    code = "invalid_query"


class InvalidPath(InvalidRequest):
    """A path parameter is malformed."""

    code = "invalid_path"


class InvalidHeader(InvalidRequest):
    """A request header that the service reads is malformed."""

    code = "invalid_header"


class InvalidCursor(InvalidRequest):
    """The page cursor was not issued by this service for this very query."""

    code = "invalid_cursor"


class NotFound(ServiceError):
    """There is no such thing or no such route."""

    status = 404
    code = "not_found"


class Conflict(ServiceError):
    """Something else already stands under that key."""

    status = 409
    code = "conflict"


class IdempotencyConflict(Conflict):
    """The idempotency key was used before, for another request."""

    code = "idempotency_conflict"


class VersionConflict(Conflict):
    """Somebody else changed the thing since the caller read it."""

    code = "version_conflict"


class PayloadTooLarge(ServiceError):
    """The body is larger than the service reads."""

    status = 413
    code = "payload_too_large"


class UnsupportedMediaType(ServiceError):
    """The body is declared as something other than JSON."""

    status = 415
    code = "unsupported_media_type"


class VersionRequired(ServiceError):
    """An update must say which version it was made from, a delete which one it means."""

    status = 428
    code = "version_required"


class DependencyUnavailable(ServiceError):
    """A service that this one needs does not answer; trying again later may work."""

    status = 503
    code = "dependency_unavailable"
