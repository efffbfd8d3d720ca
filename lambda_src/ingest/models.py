"""What an upload is, how far it is read, and what can be wrong with it.

IngestError
├── OutOfTime      the function's time ends first; the retry goes on where this one stopped
├── Busy           another invocation is at work on the same object
├── LeaseLost      another invocation took over, because this one seemed dead
└── ObjectGone     the object was deleted before it was read
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote_plus

from common import payload


class IngestError(Exception):
    """The event is not done; Lambda delivers it again, in the end to the DLQ."""


class OutOfTime(IngestError):
    """The function's time ends before the object does."""


class Busy(IngestError):
    """Another invocation is at work on the same object."""


class LeaseLost(IngestError):
    """Another invocation took the object over."""


class ObjectGone(IngestError):
    """The object, or that version of it, does not exist any more."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One version of an uploaded object."""

    bucket: str
    key: str
    version_id: str | None
    revision: str
    """What tells this version from others of the same key: version id, else ETag."""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Make it of a record of an S3 event, whose keys are URL-encoded."""
        found = record["s3"]["object"]
        version = found.get("versionId") or None
        return cls(
            bucket=record["s3"]["bucket"]["name"],
            key=unquote_plus(found["key"]),
            version_id=version,
            revision=version or found.get("eTag") or found.get("sequencer") or "",
        )

    @property
    def uri(self) -> str:
        """Where it is, whatever its version."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def id(self) -> str:
        """Its key in the idempotency table."""
        return "ingest:" + self.digest()

    def digest(self, index: int | None = None) -> str:
        """A hash that names the upload, or the element of that index in it."""
        words = [self.bucket, self.key, self.revision, index]
        return hashlib.sha256(payload.dumps(words).encode("utf-8", "replace")).hexdigest()[:32]

    def shown(self) -> dict[str, Any]:
        """For messages."""
        return {"bucket": self.bucket, "key": self.key, "version_id": self.version_id}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an upload is settled: every element before `position` is stored or in the DLQ."""

    position: int = 0
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class Element:
    """A piece of the file that should be one record."""

    index: int
    text: str
    problem: str | None = None
    """Why it cannot even be read, or None."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A record that will never be stored as it is."""

    code: str
    message: str
    logged: str
    """The message for logs: it repeats nothing of the record."""
    element: Element


@dataclass(kw_only=True)
class Summary:
    """What an invocation did."""

    stored: int = 0
    unchanged: int = 0
    failed: int = 0
    duplicates: int = 0
    """Objects that an earlier delivery had already settled."""
    objects: list[str] = field(default_factory=list)
    """The objects that it was about."""
