"""What a function answers over HTTP: one method of one path, and all that is known of it.

Both edges, the OpenAPI document, the tests and the smoke checks are made from these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.registry import answers
from shared.registry.answers import ALWAYS, CALLER, Answers

Method = Literal["GET", "POST", "PUT", "DELETE"]
Body = Mapping[str, Any]

PAGE: Final = ("limit", "cursor")
"""Query parameters of what is answered in pages."""
RANGE: Final = ("from", "to", *PAGE)
"""And of what is sorted by time."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path."""

    method: Method
    path: str
    summary: str
    answers: Answers
    public: bool = False
    """True: anybody may call it. Only for what says nothing of anybody's data."""
    body: str | None = None
    """Name of the JSON schema of the request body (shared/api/schemas.py)."""
    sample: Body | None = None
    """A body that fits. The smoke checks send it, again and again, so it is nobody's data."""
    query: tuple[str, ...] = ()
    """Query parameters that it takes."""
    required_query: tuple[str, ...] = ()
    """Those of them that it cannot do without."""

    @property
    def key(self) -> str:
        """How functions and HTTP APIs name it: `GET /records/{symbol}`."""
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        """How resources are named after it: `get-records-symbol`."""
        return "-".join([self.method.lower(), *(part.strip("{}") for part in self.parts)])

    @property
    def parts(self) -> tuple[str, ...]:
        """The path, part by part: ("records", "{symbol}")."""
        return tuple(part for part in self.path.split("/") if part)

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the path's variable parts."""
        return tuple(part.strip("{}") for part in self.parts if part.startswith("{"))

    @property
    def schemas(self) -> tuple[str, ...]:
        """Names of all schemas that its requests and answers have."""
        answered = [name for success in self.answers.successes for name in success.schemas]
        return tuple(dict.fromkeys([*([self.body] if self.body else []), *answered]))

    def errors(self, *, auth: str) -> tuple[int, ...]:
        """Every status but success that it may answer, where callers show so who they are."""
        caller = () if self.public else CALLER[auth]
        return tuple(sorted({*self.answers.errors, *ALWAYS, *caller}))


def collection(path: str, noun: str, *, sample: Body) -> tuple[Operation, ...]:
    """A page of the documents of a kind that are kept by their id, and the making of one.

    Requests have the schema `<noun>`; `Stored<noun>` and `<noun>Page` follow from it.
    """
    every = path.strip("/")
    return (
        Operation(
            method="GET",
            path=path,
            summary=f"All {every}, page by page",
            query=PAGE,
            answers=answers.one("A page.", f"{noun}Page"),
        ),
        Operation(
            method="POST",
            path=path,
            summary=f"Make one {noun.lower()}",
            body=noun,
            sample=sample,
            answers=answers.made(f"Stored{noun}"),
        ),
    )


def documents(path: str, noun: str, *, sample: Body) -> tuple[Operation, ...]:
    """A collection, and the reading, changing and deleting of one of it.

    The schema `<noun>Update` is that of a change.
    """
    one, name = f"{path}/{{id}}", noun.lower()
    return (
        *collection(path, noun, sample=sample),
        Operation(
            method="GET",
            path=one,
            summary=f"One {name}",
            answers=answers.found(f"Stored{noun}"),
        ),
        Operation(
            method="PUT",
            path=one,
            summary=f"Change one {name}, if nobody else did since",
            body=f"{noun}Update",
            sample=sample,
            answers=answers.changed(f"Stored{noun}"),
        ),
        Operation(
            method="DELETE",
            path=one,
            summary=f"Delete one {name}, if nobody changed it since",
            answers=answers.deleted(),
        ),
    )
