"""Things with an id that callers create, read, replace and delete: the core of users and items.

Every write names the version that it was made from, and the table checks it in the same step. So of
many updates made from one version exactly one wins, and the others hear of it.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from common import payload
from common.cursors import Cursors
from common.errors import (
    Conflict,
    IdempotencyConflict,
    InvalidPath,
    NotFound,
    VersionConflict,
)
from common.paging import Page
from common.records import shown_time, time_text
from common.validation import validated

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What one sort of entity is: `users`, `items`."""

    name: str
    """Its path and what its cursors are bound to."""
    schema: str
    """JSON Schema of a new one; `<schema>Update` is that of an update."""
    fields: Sequence[str]
    """The properties that callers set."""
    checked: Callable[[Fields], Fields] = lambda fields: fields
    """Bring valid fields into their canonical form; InvalidBody for what no schema can say."""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One of them, at one version."""

    id: str
    fields: Fields
    version: int
    created_at: str
    updated_at: str
    write_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Tells our own write, when its answer was lost on the way, from somebody else's."""
    origin: str = ""
    """What request made it, if that had an idempotency key."""

    def shown(self) -> dict[str, Any]:
        """As callers see it."""
        times = {"created_at": self.created_at, "updated_at": self.updated_at}
        shown = {name: shown_time(time) for name, time in times.items()}
        return {"id": self.id, **self.fields, "version": self.version, **shown}


class Table(Protocol):
    """Where entities are kept. Each write happens wholly or not at all."""

    def insert(self, entity: Entity) -> Entity | None:
        """Write it, or return the one that has its id."""

    def get(self, id: str) -> Entity | None:
        """The entity of that id."""

    def replace(self, entity: Entity, *, expected: int) -> Entity | None:
        """Put its fields, version and times in the place of version `expected`.

        Returns what is in the table then: the entity with its true creation time if it was written,
        what is there instead if not (None: nothing).
        """

    def delete(self, id: str, *, expected: int) -> Entity | None:
        """Delete it, if it has that version; NotFound when there is none.

        Returns what is there instead if it was not deleted.
        """

    def page(self, *, limit: int, after: str | None) -> list[Entity]:
        """At most `limit` entities, in the table's own order, after the one of that id."""


class Entities:
    """What callers can do with one kind."""

    def __init__(self, kind: Kind, table: Table, cursors: Cursors) -> None:
        self.kind = kind
        self._table = table
        self._cursors = cursors

    def create(self, body: Any, *, token: str | None) -> Entity:
        """Make a new one; with a token, repeating the request gives the one that it made."""
        fields = dict(validated(body, self.kind.schema))
        chosen = fields.pop("id", None)
        fields = dict(self.kind.checked(fields))
        entity = _new(chosen or (token or uuid.uuid4().hex)[:32], fields, _origin(token, body))
        found = self._table.insert(entity)
        if found is None or found.write_id == entity.write_id:
            return entity
        if token and found.origin == entity.origin:
            return found
        if token and not chosen:
            raise IdempotencyConflict("The Idempotency-Key was used before, for another request.")
        raise Conflict("There is one with this id already.")

    def get(self, id: str) -> Entity:
        """The one of that id, or NotFound."""
        found = self._table.get(_checked_id(id))
        if found is None:
            raise NotFound("There is none with this id.")
        return found

    def replace(self, id: str, fields: Fields, *, expected: int) -> Entity:
        """Replace all its fields; VersionConflict unless it still has the expected version."""
        now = time_text(datetime.now(UTC))
        wanted = Entity(
            id=_checked_id(id),
            fields=self.kind.checked(fields),
            version=expected + 1,
            created_at=now,
            updated_at=now,
        )
        found = self._table.replace(wanted, expected=expected)
        if found is None:
            raise NotFound("There is none with this id.")
        if found.write_id != wanted.write_id:
            raise _changed(found)
        return found

    def delete(self, id: str, *, expected: int) -> None:
        """Delete it; VersionConflict unless it still has the expected version."""
        found = self._table.delete(_checked_id(id), expected=expected)
        if found is not None:
            raise _changed(found)

    def page(self, *, limit: int, cursor: str | None) -> Page:
        """The page that the cursor asks for, the first one without a cursor."""
        query = (self.kind.name,)
        after = None if cursor is None else self._cursors.read(query, cursor)["id"]
        found = self._table.page(limit=limit + 1, after=after)
        more = len(found) > limit
        shown = found[:limit]
        return Page(
            items=[each.shown() for each in shown],
            cursor=self._cursors.issue(query, {"id": shown[-1].id}) if more else None,
        )


def _new(id: str, fields: Fields, origin: str) -> Entity:
    now = time_text(datetime.now(UTC))
    return Entity(id=id, fields=fields, version=1, created_at=now, updated_at=now, origin=origin)


def _origin(token: str | None, body: Mapping[str, Any]) -> str:
    if token is None:
        return ""
    words = payload.dumps([token, dict(sorted(body.items()))])
    return hashlib.sha256(words.encode()).hexdigest()


def _checked_id(id: str) -> str:
    if not ID.fullmatch(id):
        raise InvalidPath("The id must be 1 to 64 of A-Z a-z 0-9 _ - and begin with none of _ -")
    return id


def _changed(found: Entity) -> VersionConflict:
    return VersionConflict(f"It was changed meanwhile: its version is {found.version} now.")
