"""What an API answers: the statuses, what they mean, and the JSON schema of each body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ERRORS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("BadRequest", "The body, a parameter or a header is malformed or missing."),
    401: ("Unauthorized", "Credentials are needed, or they have expired."),
    403: ("Forbidden", "The request is not signed, or its caller may not call this."),
    404: ("NotFound", "There is no such thing."),
    409: ("Conflict", "Something else stands under that key, or it was changed since."),
    413: ("PayloadTooLarge", "The body is larger than 256 KiB."),
    415: ("UnsupportedMediaType", "The body is declared as something other than JSON."),
    428: ("PreconditionRequired", "It is not said which version is changed or deleted."),
    429: ("TooManyRequests", "Too many requests; try again later."),
    500: ("InternalError", "Something went wrong on the service's side."),
    503: ("Unavailable", "A service that this one needs does not answer; try again later."),
    504: ("Timeout", "The answer took too long."),
}
"""Status → name and meaning; the body is always the schema `Error`."""

OF_GATEWAY: Final = (401, 403, 429, 504)
"""What the gateway alone says, before or instead of a function."""
OF_EITHER: Final = (413, 500, 503)
"""What the gateway or a function says."""

ALWAYS: Final = (400, 429, 500, 503, 504)
"""What any route may answer; 400 at least to a query parameter that it does not take."""
BODY: Final = (413, 415)
"""What a route with a body may answer beyond that."""
CALLER: Final[Mapping[str, tuple[int, ...]]] = {"iam": (403,), "jwt": (401, 403), "none": ()}
"""What a route that is not public may answer beyond that, by how callers show who they are."""


@dataclass(frozen=True, kw_only=True)
class Success:
    """An answer to a request that was carried out."""

    status: int = 200
    meaning: str
    schemas: tuple[str, ...] = ()
    """Names of the schemas, one of which the body has; none: no body."""
    headers: tuple[str, ...] = ()
    """Those beyond what every answer has."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All that a route answers."""

    successes: tuple[Success, ...]
    errors: tuple[int, ...] = ()


def one(meaning: str, *schemas: str, errors: tuple[int, ...] = ()) -> Answers:
    """Of a request that reads."""
    return Answers(successes=(Success(meaning=meaning, schemas=schemas),), errors=errors)


def stored(schema: str, *headers: str) -> Answers:
    """Of a request that stores a record, which may have been there."""
    return Answers(
        successes=(
            Success(status=201, meaning="It is stored.", schemas=(schema,), headers=headers),
            Success(meaning="The very same record was there.", schemas=(schema,), headers=headers),
        ),
        errors=(*BODY, 409),
    )


def made(schema: str) -> Answers:
    """Of a request that makes something with an id."""
    headers = ("Location", "ETag")
    success = Success(status=201, meaning="It is made.", schemas=(schema,), headers=headers)
    return Answers(successes=(success,), errors=(*BODY, 409))


def found(schema: str) -> Answers:
    """Of a request that reads something by its id."""
    success = Success(meaning="It is here.", schemas=(schema,), headers=("ETag",))
    return Answers(successes=(success,), errors=(404,))


def changed(schema: str) -> Answers:
    """Of a request that changes something, at the version that it names."""
    success = Success(meaning="It is changed.", schemas=(schema,), headers=("ETag",))
    return Answers(successes=(success,), errors=(*BODY, 404, 409, 428))


def deleted() -> Answers:
    """Of a request that deletes something, at the version that it names."""
    success = Success(status=204, meaning="It is deleted.")
    return Answers(successes=(success,), errors=(404, 409, 428))
